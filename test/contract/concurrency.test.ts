import assert from 'node:assert/strict';
import { useDtmServer } from '../support/dtmServer.ts';
import { testStore } from '../support/testStore.ts';
import { type Api, type Body, useApi } from './api.ts';
import { FeedReader } from './feedReader.ts';
import { create, newOpId, update, wholeTask } from './operations.ts';

/** The third store is the second one, with another process beside it. */
const feedSeconds = Number(process.env.FEED_SECONDS ?? (testStore() === 'postgres-two' ? 10 : 30));
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe('concurrency', () => {
  const api = useApi(useDtmServer());

  before(async () => {
    await api().make('projects', { id: 'P-C', name: 'Concurrent' });
  });

  it('applies each change of 32 writers on one task once, or answers 412 with what is current', async () => {
    const { id } = await api().make('tasks', { project_id: 'P-C', title: 'Wanted by all' });
    const { next } = await api().must('GET', '/api/v1/changes?since=0&limit=1000');
    const applied = (await Promise.all(times(32, (writer) => writeThrice(api(), id, `writer ${writer}`)))).flat();
    const versions = applied.map((change) => change.version).sort((a, b) => a - b);
    assert.deepEqual(
      versions,
      times(96, (index) => index + 2),
    );
    const { changes } = await api().must('GET', `/api/v1/changes?since=${next}&limit=1000`);
    assert.deepEqual(
      changes.map((change) => [change.version, change.data?.title]),
      applied.sort((a, b) => a.version - b.version).map((change) => [change.version, change.title]),
    );
  }).timeout(120_000);

  it('applies an operation that 16 callers send at once only once', async () => {
    for (const id of times(5, (index) => `T-ONCE-${index}`)) {
      const operations = [create(wholeTask(id, 'P-C'))];
      const answers = await Promise.all(times(16, () => api().must('POST', '/api/v1/batch', { operations })));
      const outcomes = answers.map(({ results }) => results[0]?.outcome).sort();
      assert.deepEqual(outcomes, ['applied', ...times(15, () => 'duplicate')]);
      assert.ok(answers.every(({ results }) => results[0]?.version === 1));
    }
  }).timeout(60_000);

  it('lets no two operations through that are right only one without the other', async () => {
    for (let round = 0; round < 10; round++) {
      const [a, b] = await Promise.all(times(2, () => api().make('tasks', { project_id: 'P-C', title: 'Ring' })));
      const link = (from: Body | undefined, to: Body | undefined) =>
        api().patch(`/api/v1/tasks/${from?.id}`, { depends_on: [to?.id] });
      const statuses = (await Promise.all([link(a, b), link(b, a)])).map((answer) => answer.status).sort();
      assert.deepEqual(statuses, [200, 409]);
    }
  });

  it(`shows each reader every change once and in order, while 16 writers write for ${feedSeconds} s`, async () => {
    const shared = times(8, (index) => `T-SHARED-${index}`);
    for (const id of shared) await api().make('tasks', { id, project_id: 'P-C', title: 'Shared' });
    const tail = await FeedReader.atEnd(api());
    const readers = [tail, ...times(3, () => tail.another()), FeedReader.atStart(api())];
    let isOver = false;
    const reading = readers.map((reader) => reader.followUntil(() => isOver));
    const late = times(4, async (index) => {
      await new Promise((resolve) => setTimeout(resolve, ((index + 1) * feedSeconds * 1_000) / 6));
      const reader = FeedReader.atStart(api(), 50);
      await reader.followUntil(() => isOver);
      return reader;
    });
    const until = performance.now() + feedSeconds * 1_000;
    const written = (await Promise.all(times(16, (writer) => writeUntil(api(), writer, shared, until)))).flat();
    isOver = true;
    await Promise.all(reading);
    const expected = written.sort();
    for (const reader of readers.slice(0, 4)) {
      reader.assertOrdered();
      assert.deepEqual(reader.seen().sort(), expected);
    }
    const current = await currentVersions(api());
    for (const reader of [...readers, ...(await Promise.all(late))]) {
      reader.assertOrdered();
      for (const [id, version] of reader.newest()) assert.equal(version, current.get(id), id);
    }
    for (const reader of await Promise.all(late)) assert.equal(reader.newest().size, current.size);
    console.log(`      ${written.length} changes by 16 writers, ${readers.length + late.length} readers`);
    assert.ok(written.length > 100);
  }).timeout(60_000 + feedSeconds * 4_000);
});

/** Writes by compare-and-set until three changes got through. */
async function writeThrice(api: Api, id: string, name: string) {
  const applied: { readonly version: number; readonly title: string }[] = [];
  let current = await api.must('GET', `/api/v1/tasks/${id}`);
  while (applied.length < 3) {
    const title = `${name}, ${applied.length}`;
    const answer = await api.patch(`/api/v1/tasks/${id}`, { title }, { 'if-match': `"${current.version}"` });
    if (answer.status === 412) current = answer.body.current as Body;
    else {
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.body.title, title);
      applied.push({ version: answer.body.version, title });
      current = answer.body;
    }
  }
  return applied;
}

/** Groups of operations on tasks that all writers share, and new tasks. @returns `id@version` of each change */
async function writeUntil(api: Api, writer: number, shared: readonly string[], until: number): Promise<string[]> {
  const changes: string[] = [];
  const mine = [`writer-${writer}`];
  for (let round = 0; performance.now() < until; round++) {
    const labels = round % 2 === 0 ? { add: mine, remove: [] } : { add: [], remove: mine };
    const group = { group_id: newOpId() };
    const operations = [
      create(wholeTask(`T-W${writer}-${round}`, 'P-C')),
      ...shared
        .filter((_, index) => (index + writer) % 3 === 0)
        .map((id) => update(id, {}, { sets: { labels }, ...group })),
    ];
    const { results } = await api.must('POST', '/api/v1/batch', { operations });
    results.forEach((result, index) => {
      assert.equal(result.outcome, 'applied', JSON.stringify(result));
      changes.push(`${operations[index]?.id}@${result.version}`);
    });
  }
  return changes;
}

async function currentVersions(api: Api): Promise<Map<string, number>> {
  const versions = new Map<string, number>();
  for (let cursor = ''; ; ) {
    const page = await api.must('GET', `/api/v1/tasks?limit=1000${cursor}`);
    for (const item of page.items) versions.set(item.id, item.version);
    if (page.next_cursor === null) return versions.set('P-C', 1);
    cursor = `&cursor=${page.next_cursor}`;
  }
}
