import type { ServerChoice } from '../../app/binding.ts';
import type { DtmApp } from '../../app/dtmApp.ts';
import { DtmError, isDtmError } from '../../core/errors.ts';
import type { Invocation } from '../invocation.ts';
import { counted, oneLine } from '../output/plainText.ts';

export interface LimitOptions {
  readonly project?: readonly string[];
  readonly allProjects?: boolean;
}

/**
 * Which projects the person wants of a server: whole ids, or prefixes of those that are seen here already.
 * @throws DtmError `usage` if both all and some are named
 */
export function wantedProjects(app: DtmApp, { project, allProjects }: LimitOptions): ServerChoice['projects'] {
  if (project && allProjects) {
    throw new DtmError('usage', '--project and --all-projects contradict each other', { hint: 'Leave one out.' });
  }
  if (allProjects) return 'all';
  return project && [...new Set(project.map((text) => idOrText(app, text)))];
}

function idOrText(app: DtmApp, text: string): string {
  try {
    return app.tracker.find('project', text).id;
  } catch (error) {
    // The server may have what this machine has not seen yet.
    if (isDtmError(error, 'not-found')) return text;
    throw error;
  }
}

/** The projects that the workspace is limited to, for people; undefined: it is not. */
export function limitText(app: DtmApp): string | undefined {
  const ids = app.binding.current?.projects;
  return ids?.map((id) => oneLine(`${id} ${app.tracker.get('project', id)?.name ?? ''}`.trimEnd())).join(', ');
}

/** A project that is made in a limited workspace is one more that it shows. */
export function noteWidened({ output }: Invocation, app: DtmApp): void {
  const ids = app.binding.current?.projects;
  if (ids) output.note(`added to what this workspace is limited to: ${counted(ids.length, 'project')} now`);
}
