// A process that changes tasks as fast as it can, until it is killed: `worker.ts FOLDER NAME resident|visitor`.
// Before each change it prints `try`, and after the command reported success `ack`, with what must then be true.
import { everything, openTestApp } from '../support/testApp.ts';
import { workOnTask } from './claims.ts';

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

if (role === 'resident') await app.start();
const project = app.tracker.list('project', everything).items[0];
if (!project) throw new Error('the workspace has no project');
for (let count = 0; running; count++) await workOnTask((use) => use(app), project.id, `${name}-${count}`);
await app.close();
