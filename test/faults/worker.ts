// A process that changes tasks as fast as it can, until it is killed: `worker.ts FOLDER NAME resident|visitor`.
// Before each change it prints `try`, and after the command reported success `ack`, with what must then be true.
import { everything, openTestApp } from '../support/testApp.ts';

const [folder = '', name = '', role = ''] = process.argv.slice(2);
const app = await openTestApp(process.env.DTM_STATE_HOME ?? '', folder, {
  surface: role === 'resident' ? 'extension' : 'cli',
  resident: role === 'resident',
  requestTimeoutMs: 3_000,
});

let running = true;
process.once('SIGTERM', () => {
  running = false;
});

interface Claim {
  readonly id: string;
  readonly title: string;
  readonly status: string;
}

const say = (what: 'try' | 'ack', claim: Claim): void =>
  void process.stdout.write(`${what} ${JSON.stringify(claim)}\n`);

/** Creates a task, renames it, and completes it: one single operation, one more, and one group of three. */
async function round(projectId: string, count: number): Promise<void> {
  const title = `${name}-${count}`;
  const { entity } = await app.tracker.create('task', { projectId, title });
  if (!entity) throw new Error('a created task is not visible');
  const { id } = entity;
  say('ack', { id, title, status: 'new' });
  const renamed = { id, title: `${title}-renamed`, status: 'new' };
  say('try', renamed);
  await app.tracker.update('task', id, { title: renamed.title });
  say('ack', renamed);
  const done = { ...renamed, status: 'done' };
  say('try', done);
  await app.tracker.complete(id);
  say('ack', done);
}

if (role === 'resident') await app.start();
const project = app.tracker.list('project', everything).items[0];
if (!project) throw new Error('the workspace has no project');
for (let count = 0; running; count++) await round(project.id, count);
await app.close();
