// A process that works as a window or as somebody at a terminal does: `writer.ts FOLDER NAME window|terminal`. A terminal
// opens the tracker anew for each command. It goes on until it is told to end, whatever it is refused; prints what
// `claims.ts` says, `set` for each new title of a task that everybody renames, `err` for what was refused, and `not` for
// what the person is told about files.
import { setTimeout as delay } from 'node:timers/promises';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import { isDtmError } from '../../src/core/errors.ts';
import { everything, openTestApp } from '../support/testApp.ts';
import { type WithApp, workOnTask } from './claims.ts';

const [folder = '', name = '', role = ''] = process.argv.slice(2);
const { DTM_STATE_HOME = '', DTM_TOKEN } = process.env;

const open = (): Promise<DtmApp> =>
  openTestApp(DTM_STATE_HOME, folder, {
    surface: role === 'window' ? 'extension' : 'cli',
    resident: role === 'window',
    requestTimeoutMs: 3_000,
    accessToken: DTM_TOKEN,
  });

let running = true;
process.once('SIGTERM', () => {
  running = false;
});

const told = new Set<string>();
/** What the person is told about files, once. */
function tellNotices({ status }: DtmApp): void {
  for (const { code, message, hint } of status.notices) {
    if (told.has(message)) continue;
    told.add(message);
    console.log(`not ${JSON.stringify({ code, message, hint })}`);
  }
}

const opened = role === 'window' ? await open() : undefined;
opened?.onDidChangeStatus(() => tellNotices(opened));
await opened?.start();

const withApp: WithApp = async (use) => {
  if (opened) return use(opened);
  const app = await open();
  try {
    return await use(app);
  } finally {
    await app.close();
  }
};

/** Renames one of the tasks that everybody renames. */
async function renameShared(count: number): Promise<void> {
  const title = `shared-${name}-${count}`;
  await withApp(async ({ tracker }) => {
    const shared = tracker.list('task', everything).items.filter((task) => task.labels.includes('shared'));
    const task = shared[count % Math.max(1, shared.length)];
    if (!task) return;
    await tracker.update('task', task.id, { title });
    console.log(`set ${JSON.stringify({ title })}`);
  });
}

/** What is refused is told, and the work goes on a moment later. */
async function attempt(title: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isDtmError(error)) throw error;
    console.log(`err ${JSON.stringify({ code: error.code, title, message: error.message, hint: error.hint })}`);
    await delay(20);
  }
}

const project = await withApp(async ({ tracker }) => tracker.list('project', everything).items[0]);
if (!project) throw new Error('the workspace has no project');
for (let count = 0; running; count++) {
  const title = `${name}-${count}`;
  await attempt(title, () => workOnTask(withApp, project.id, title));
  await attempt(title, () => renameShared(count));
}
await opened?.close();
