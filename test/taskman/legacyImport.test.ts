import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import type { ScriptedServer } from '../support/httpServer.ts';
import { legacyPassword, startLegacy } from '../support/legacy/legacy.ts';
import { legacySprints, legacyTasks } from '../support/legacy/rows.ts';
import { type Variant, type VariantName, variants } from '../support/legacy/variants.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { everything, openTestApp } from '../support/testApp.ts';

/** The priorities that the words mean; V4 has no word between medium and urgent. */
const priorities = { low: 'p3', medium: 'p2', high: 'p1', critical: 'p0' } as const;

describe('importing from older DTM servers', function () {
  this.timeout(30_000);
  const root = useTemporaryFolder('legacy-import');
  let server: ScriptedServer | undefined;
  let app: DtmApp | undefined;
  afterEach(async () => {
    await app?.close();
    await server?.stop();
  });

  const open = async (accessToken?: string): Promise<DtmApp> => {
    await mkdir(join(root(), 'workspace'), { recursive: true });
    app = await openTestApp(join(root(), 'state'), join(root(), 'workspace'), { accessToken });
    return app;
  };

  async function signIn(origin: string): Promise<string> {
    const body = JSON.stringify({ username: 'u', password: legacyPassword });
    const answer = await fetch(`${origin}/auth/login`, { method: 'POST', body });
    return ((await answer.json()) as { readonly access_token: string }).access_token;
  }

  for (const [name, variant] of Object.entries(variants) as [VariantName, Variant][]) {
    it(`brings every row of ${name}, in our words`, async () => {
      server = await startLegacy({ variant: name });
      const local = await open(variant.login === undefined ? undefined : await signIn(server.origin));
      const plan = await local.planImport(server.origin);
      const wanted = legacyTasks.filter((row) => variant.statuses[row.status] && variant.priorities[row.priority]);
      const sprints = variant.resources.includes('sprints') ? legacySprints.length : 0;
      assert.deepEqual([plan.toCreate.tasks, plan.toCreate.sprints], [wanted.length, sprints]);
      await local.runImport(plan);
      const tasks = local.tracker.list('task', everything).items;
      for (const row of wanted) {
        const task = tasks.find((one) => one.title === row.title);
        assert.ok(task, row.title);
        const isUrgent = variant.priorities[row.priority] === 'urgent';
        assert.deepEqual(
          [task.status, task.priority, task.description],
          [row.status, isUrgent ? 'p0' : priorities[row.priority], `About ${row.title}`],
        );
        assert.equal(task.sprintId !== null, sprints > 0 && row.sprint !== undefined);
        assert.ok(local.tracker.get('project', task.projectId));
      }
      assert.equal((await local.planImport(server.origin)).entities.length, 0, 'a second import creates nothing');
      assert.deepEqual(
        new Set(server.seen.filter((one) => one.path !== '/auth/login').map((one) => one.method)),
        new Set(['GET']),
      );
    });
  }

  it('says that a token is needed where one is', async () => {
    server = await startLegacy({ variant: 'v1' });
    await assert.rejects((await open()).planImport(server.origin), { code: 'unauthenticated', hint: /DTM_TOKEN/ });
  });
});
