import type { DtmApp } from '../../src/app/dtmApp.ts';

/** How a task must be once this was said. */
export interface Claim {
  readonly id: string;
  readonly title: string;
  readonly status: string;
}

/** `try` before a change, `ack` after it was reported as done. A line on standard output is read as a whole or not at all. */
function say(what: 'try' | 'ack', claim: Claim): void {
  process.stdout.write(`${what} ${JSON.stringify(claim)}\n`);
}

/** Gives an app to one command: the same one each time, or a new one as the CLI does. */
export type WithApp = <T>(use: (app: DtmApp) => Promise<T>) => Promise<T>;

/** Creates a task, renames it, and completes it: one single operation, one more, and one group of three. */
export async function workOnTask(withApp: WithApp, projectId: string, title: string): Promise<void> {
  const created = await withApp((app) => app.tracker.create('task', { projectId, title }));
  if (!created.entity) throw new Error('a created task is not visible');
  const { id } = created.entity;
  say('ack', { id, title, status: 'new' });
  const renamed = { id, title: `${title}-renamed`, status: 'new' };
  say('try', renamed);
  await withApp((app) => app.tracker.update('task', id, { title: renamed.title }));
  say('ack', renamed);
  const done = { ...renamed, status: 'done' };
  say('try', done);
  await withApp((app) => app.tracker.complete(id));
  say('ack', done);
}
