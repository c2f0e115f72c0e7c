import assert from 'node:assert/strict';
import { changesAnswer } from '../../../src/api/sync.ts';
import { changeFrom } from '../../../src/client/syncAnswers.ts';
import { nothingLocal } from '../../../src/core/dialect.ts';
import type { Backend } from '../../../src/core/ports.ts';
import { ScopedBackend } from '../../../src/workspace/scope/scopedBackend.ts';
import { TrackerState } from '../../../src/workspace/trackerState.ts';
import { useDtmServer } from '../../support/dtmServer.ts';
import { seededRandom } from '../../support/seededRandom.ts';

describe('a feed that is limited to some projects', function () {
  this.timeout(60_000);
  const server = useDtmServer();
  let token: string;
  before(async () => {
    token = await server().login();
  });

  async function call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const answer = await fetch(server().origin + path, init);
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.status === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
  }

  /** The server's own feed, three changes at a time. */
  function feed(asked: string[]): Backend {
    const unused = () => Promise.reject(new Error('only pulls are tried here'));
    return {
      capabilities: {
        ...{ operationIds: true, changesFeed: true, listing: false, login: true, events: false, groups: true },
        ...{ readOnly: false, localOnly: nothingLocal },
      },
      identify: unused,
      push: unused,
      pull: async (cursor, _signal, _base, projects) => {
        const query = new URLSearchParams({ since: cursor ?? '0', limit: '3' });
        if (projects) query.set('project_id', projects.join(','));
        asked.push(query.get('project_id') ?? 'all');
        const { changes, next, has_more } = changesAnswer.parse(await call('GET', `/api/v1/changes?${query}`));
        return { changes: changes.map(changeFrom), next, hasMore: has_more };
      },
    };
  }

  async function sync(backend: Backend, state: TrackerState): Promise<void> {
    for (let hasMore = true; hasMore; ) {
      const page = await backend.pull(state.cursor, new AbortController().signal, state.baseView);
      const changes = page.changes.filter((change) => change.version > state.baseVersion(change.id));
      state.fold({ type: 'remote', changes, cursor: page.next });
      hasMore = page.hasMore;
    }
  }

  it('shows just what is in them, whatever moves, comes and goes, and however the limit changes', async () => {
    const seed = Number(process.env.SCOPE_SEED ?? Date.now() % 1_000_000);
    const random = seededRandom(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const projects: string[] = [];
    for (const name of ['A', 'B', 'C', 'D'])
      projects.push(String((await call('POST', '/api/v1/projects', { name })).id));
    const tasks: string[] = [];
    let wanted: string[] | undefined = projects.slice(0, 1);
    const state = new TrackerState();
    const backend = new ScopedBackend(feed([]), () => wanted);
    for (let round = 0; round < 25; round++) {
      for (let step = 0; step < 4; step++) {
        const id = pick(tasks);
        const kind = id === undefined ? 0 : Math.floor(random() * 6);
        if (kind < 2)
          tasks.push(String((await call('POST', '/api/v1/tasks', { title: 'T', project_id: pick(projects) })).id));
        else if (kind < 5)
          await call('PATCH', `/api/v1/tasks/${id}`, { project_id: pick(projects), title: `R${round}` });
        else {
          await call('DELETE', `/api/v1/tasks/${id}`);
          tasks.splice(tasks.indexOf(id), 1);
        }
      }
      if (random() < 0.5)
        wanted = random() < 0.2 ? undefined : [pick(projects), ...projects.filter(() => random() < 0.4)];
      // Some rounds end in the middle, as a process does that is killed.
      if (random() < 0.3) {
        const page = await backend.pull(state.cursor, new AbortController().signal, state.baseView);
        const changes = page.changes.filter((change) => change.version > state.baseVersion(change.id));
        state.fold({ type: 'remote', changes, cursor: page.next });
        continue;
      }
      await sync(backend, state);
      const { items } = (await call('GET', '/api/v1/tasks?limit=1000')) as { items: Record<string, unknown>[] };
      const isWanted = (id: unknown) => wanted === undefined || wanted.includes(String(id));
      const there = items
        .filter((task) => isWanted(task.project_id))
        .map(({ id, title, version }) => [id, title, version]);
      const here = [...state.visible.all('task')].filter(({ projectId }) => isWanted(projectId));
      assert.deepEqual(
        here.map(({ id, title, version }) => [id, title, version]).sort(),
        there.sort(),
        `seed ${seed}, round ${round}`,
      );
    }
  });

  it('reads only them at first, but everything where it has to begin anew with what it knew', async () => {
    const project = String((await call('POST', '/api/v1/projects', { name: 'Mine' })).id);
    const asked: string[] = [];
    const state = new TrackerState();
    const backend = new ScopedBackend(feed(asked), () => [project]);
    await sync(backend, state);
    assert.deepEqual(new Set(asked.splice(0)), new Set([project]));
    assert.equal(state.visible.count('project'), 1);
    state.loadCursor(null, 0);
    await sync(backend, state);
    assert.equal(asked[0], 'all');
    await sync(backend, state);
    assert.equal(asked.at(-1), project, 'and then goes on with them');
  });
});
