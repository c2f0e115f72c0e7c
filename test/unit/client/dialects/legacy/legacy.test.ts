import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DtmApp } from '../../../../../src/app/dtmApp.ts';
import { entityIdPattern } from '../../../../../src/core/ids.ts';
import { answerJson, ScriptedServer, type SeenRequest } from '../../../../support/httpServer.ts';
import { useTemporaryFolder } from '../../../../support/temporary.ts';
import { everything, openTestApp } from '../../../../support/testApp.ts';

type Rows = readonly object[];

/** One of the older servers, as the documents of the family describe them. */
interface Variant {
  readonly name: string;
  readonly health: string;
  readonly base: string;
  readonly slash: boolean;
  readonly envelope: (rows: Rows, resource: string) => unknown;
  /** Whether `limit` and `offset` are understood. */
  readonly pages?: boolean;
}

const variants: readonly Variant[] = [
  {
    name: 'V1: {items, total} with slashes and pages',
    health: '/health',
    base: '/api/v1',
    slash: true,
    envelope: (items) => ({ items, total: items.length }),
    pages: true,
  },
  { name: 'V2: bare arrays', health: '/api/v1/health', base: '/api/v1', slash: false, envelope: (rows) => rows },
  { name: 'V4: Express under /api', health: '/api/health', base: '/api', slash: false, envelope: (rows) => rows },
  {
    name: 'V6: {success, data}',
    health: '/health',
    base: '/api/v1',
    slash: true,
    envelope: (data) => ({ success: true, data }),
  },
  {
    name: 'V7: {tasks, total, limit, offset}',
    health: '/healthz',
    base: '',
    slash: false,
    envelope: (rows, resource) => ({ [resource]: rows, total: rows.length, limit: 50, offset: 0 }),
  },
];

const data: Readonly<Record<string, Rows>> = {
  projects: [{ id: 'PRJ-001', name: 'Moon', description: 'land there', status: 'inactive' }],
  sprints: [
    { id: 'SPR-001', name: 'One', project_id: 'PRJ-001', status: 'planned', start_date: '2025-01-01T00:00:00Z' },
  ],
  tasks: [
    {
      id: 'TASK-001',
      title: 'build',
      description: 'a rocket',
      status: 'pending',
      priority: 'critical',
      project_id: 'PRJ-001',
      sprint_id: 'SPR-001',
      created_at: '2025-01-01T00:00:00',
      tags: ['x'],
      due_date: '2025-03-01',
    },
    {
      id: 'T-DTM-002',
      title: 'test',
      status: 'in-progress',
      priority: 'High',
      primary_project: 'PRJ-001',
      assignee: 'bob',
    },
    {
      taskId: 'task-17_ab',
      taskName: 'fly',
      taskStatus: 'completed',
      dependencies: ['TASK-001', 'gone'],
      project_id: 'lost',
    },
    { id: 4, title: 'land', status: 'blocked', story_points: 5 },
  ],
};

function script({ health, base, slash, envelope, pages = false }: Variant) {
  return (request: SeenRequest, response: Parameters<typeof answerJson>[0]) => {
    const url = new URL(request.path, 'http://x');
    if (url.pathname === health) return answerJson(response, 200, { status: 'ok', version: '1.0.0' });
    const resource = Object.keys(data).find((name) => url.pathname === `${base}/${name}${slash ? '/' : ''}`);
    if (resource === undefined || request.method !== 'GET') return answerJson(response, 404, { error: 'Not found' });
    const rows = data[resource] ?? [];
    const [offset, limit] = [url.searchParams.get('offset'), url.searchParams.get('limit')].map(Number);
    const page = pages ? rows.slice(offset, (offset ?? 0) + Math.min(2, limit ?? 2)) : rows;
    return answerJson(response, 200, envelope(page, resource));
  };
}

describe('older servers of the family', function () {
  this.timeout(30_000);
  const root = useTemporaryFolder('legacy');
  let server: ScriptedServer | undefined;
  let app: DtmApp | undefined;
  afterEach(async () => {
    await app?.close();
    await server?.stop();
  });

  const open = async (variant: Variant): Promise<{ app: DtmApp; origin: string; server: ScriptedServer }> => {
    server = await ScriptedServer.start(script(variant));
    await mkdir(join(root(), 'workspace'), { recursive: true });
    app = await openTestApp(join(root(), 'state'), join(root(), 'workspace'));
    return { app, origin: server.origin, server };
  };

  for (const variant of variants) {
    it(`are recognised and imported: ${variant.name}`, async () => {
      const { app, origin, server } = await open(variant);
      const plan = await app.planImport(origin);
      assert.match(plan.server, /^an older DTM server( 1\.0\.0)?$/);
      assert.deepEqual(plan.toCreate, { projects: 3, sprints: 1, tasks: 4 });
      assert.deepEqual(
        plan.problems.map(({ file, message }) => [file, message]),
        [[origin, '1 reference leads to what the server does not list: T-task-17_ab depends_on T-gone']],
      );
      await app.runImport(plan);
      const tasks = new Map(app.tracker.list('task', everything).items.map((task) => [task.title, task]));
      const [build, test, fly, land] = ['build', 'test', 'fly', 'land'].map((title) => tasks.get(title));
      assert.ok(build && test && fly && land);
      assert.deepEqual(
        [build.id, build.status, build.priority, build.projectId, build.sprintId, build.labels],
        ['T-TASK-001', 'new', 'p0', 'P-PRJ-001', 'S-SPR-001', ['x']],
      );
      assert.deepEqual([build.createdAt, build.dueAt], ['2025-01-01T00:00:00.000Z', '2025-03-01T00:00:00.000Z']);
      assert.deepEqual(
        [test.id, test.status, test.priority, test.assignees],
        ['T-DTM-002', 'in_progress', 'p1', ['bob']],
      );
      assert.deepEqual(
        [fly.id, fly.status, fly.dependsOn, fly.projectId],
        ['T-task-17_ab', 'done', ['T-TASK-001'], 'P-lost'],
      );
      assert.deepEqual([land.id, land.estimatePoints, land.projectId], ['T-4', 5, 'P-WITHOUT-PROJECT']);
      assert.match(land.blockedReason ?? '', /not said by/);
      assert.deepEqual(
        [...app.tracker.list('project', everything).items].map((one) => [one.id, one.mission, one.status]).sort(),
        [
          ['P-PRJ-001', 'land there', 'paused'],
          ['P-WITHOUT-PROJECT', '', 'new'],
          ['P-lost', '', 'new'],
        ],
      );
      for (const id of tasks.values()) assert.match(id.id, entityIdPattern);
      assert.deepEqual([...new Set(server.seen.map((one) => one.method))], ['GET'], 'it only reads');
      assert.equal(server.seen.filter((one) => one.headers.authorization !== undefined).length, 0);
      assert.equal((await app.planImport(origin)).entities.length, 0);
    });
  }

  it('can be bound to and read; a change is refused with what to do instead', async () => {
    const { app, origin } = await open(variants[1] as Variant);
    const plan = await app.binding.plan(origin);
    assert.deepEqual([plan.dialect, plan.capabilities.readOnly], ['dtm-legacy', true]);
    await app.binding.bind(plan);
    assert.equal(app.tracker.count('task'), 4);
    await assert.rejects(app.tracker.update('task', 'T-TASK-001', { title: 'x' }), { code: 'forbidden' });
    assert.deepEqual([app.tracker.get('task', 'T-TASK-001')?.title, app.queue()], ['build', []]);
  });

  it('that ask for a token are told apart from what is no such server', async () => {
    server = await ScriptedServer.start((request, response) =>
      request.path === '/health'
        ? answerJson(response, 200, { status: 'ok' })
        : answerJson(response, request.path.startsWith('/api') ? 401 : 404, { error: 'no' }),
    );
    app = await openTestApp(join(root(), 'state'), root());
    await assert.rejects(app.planImport(server.origin), { code: 'unauthenticated', hint: /DTM_TOKEN/ });
    await server.stop();
    server = await ScriptedServer.start((_, response) => answerJson(response, 404, { error: 'no' }));
    await assert.rejects(app.planImport(server.origin), { code: 'incompatible' });
  });
});
