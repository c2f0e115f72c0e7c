import type { Operation } from '../../core/operation.ts';

/** The projects that a tracker is limited to, as they are now. */
export interface ProjectScope {
  /** Undefined: no limit. */
  readonly projects: readonly string[] | undefined;
  /** Widens the limit, durably. */
  include(projectIds: readonly string[]): Promise<void>;
}

/** Projects that operations bring: whoever makes one wants to see it. */
export function broughtProjects(operations: readonly Operation[]): string[] {
  return operations
    .filter(({ entity, kind }) => entity === 'project' && (kind === 'create' || kind === 'restore'))
    .map(({ id }) => id);
}
