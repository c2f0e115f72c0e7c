import { join } from 'node:path';
import { monotonicFactory } from 'ulid';
import { type Author, createOperation } from '../../src/core/expand.ts';
import { newEntityId } from '../../src/core/ids.ts';
import type { Operation } from '../../src/core/operation.ts';
import type { Clock, Logger } from '../../src/core/ports.ts';
import { CsvProjection } from '../../src/workspace/csv/projection.ts';
import { makeFolder } from '../../src/workspace/files.ts';
import { LocalBackend } from '../../src/workspace/localBackend.ts';
import { Tracker } from '../../src/workspace/tracker.ts';
import type { TrackerOptions } from '../../src/workspace/trackerOptions.ts';

/** Real ids, real time: what the edges give to the tracker. */
export const systemClock: Clock = { now: () => new Date().toISOString(), monotonic: () => performance.now() };
/** The same so many days later. */
export const daysLater = (days: number): Clock => ({
  now: () => new Date(Date.now() + days * 24 * 60 * 60 * 1_000).toISOString(),
  monotonic: () => performance.now(),
});
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
export const newUlid = monotonicFactory();
const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

export const author: Author = {
  account: 'ana',
  surface: 'cli',
  now: () => systemClock.now(),
  newId: () => newUlid(),
};

/** Opens a tracker in a folder as the app does; local unless a back end is given. */
export async function openTracker(root: string, options: Partial<TrackerOptions> = {}): Promise<Tracker> {
  const folder = join(root, 'state');
  const workspace = join(root, 'workspace');
  await makeFolder(workspace);
  return Tracker.open({
    folder,
    prepare: () => makeFolder(folder),
    projection: new CsvProjection({
      folder: workspace,
      stateFolder: folder,
      ignoredByGit: false,
      workspaceId: 'W',
      tracker: 'local',
    }),
    account: () => 'ana',
    csvIsStale: false,
    scope: undefined,
    backend: (state) => new LocalBackend(state),
    expected: undefined,
    isLoopback: true,
    resident: false,
    offline: false,
    evidence: { surface: 'cli', stateHome: root, workspace, machine: 'bench', origin: undefined },
    clock: systemClock,
    logger: silentLogger,
    newName: () => newUlid(),
    random: Math.random,
    ...options,
  });
}

export function projectOperation(name = 'Project'): Operation {
  return createOperation(author, 'project', newEntityId('project', randomBytes), { name });
}

export function taskOperation(
  projectId: string,
  title = 'Task',
  more: Readonly<Record<string, unknown>> = {},
): Operation {
  return createOperation(author, 'task', newEntityId('task', randomBytes), { projectId, title, ...more });
}
