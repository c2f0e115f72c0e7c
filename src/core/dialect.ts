import type { EntityKind } from './ids.ts';

/** Nothing stays behind. */
export const nothingLocal: Readonly<Record<EntityKind, readonly string[]>> = { project: [], sprint: [], task: [] };
