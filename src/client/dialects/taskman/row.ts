import { prefixOf } from '../../../core/ids.ts';

/** A project, sprint or task as TaskMan-v2 answers it. Other tools write rows too: every member is read with care. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

const backlogPrefix = `${prefixOf('sprint')}BACKLOG-`;
/** What PostgreSQL keeps of an id there. */
const longestId = 50;

/**
 * The sprint that holds the tasks of a project that are in no sprint: TaskMan-v2 has no tasks without one. It is made
 * when it is needed, and never shown.
 */
export function backlogIdOf(projectId: string): string {
  const whole = `${backlogPrefix}${projectId.slice(prefixOf('project').length)}`;
  if (whole.length <= longestId) return whole;
  const check = hashOf(projectId);
  return `${whole.slice(0, longestId - check.length - 1)}-${check}`;
}

export function isBacklogId(sprintId: string): boolean {
  return sprintId.startsWith(backlogPrefix);
}

/** A short name for a text that stays the same: FNV-1a, 32 bits, in hexadecimal. */
export function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/** Times there may lack a zone: then they are UTC. Undefined where there is none. */
export function instantOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const isDay = /^\d{4}-\d\d-\d\d$/.test(value);
  const hasZone = isDay || /(?:z|[+-]\d\d:?\d\d)$/i.test(value);
  const time = Date.parse(hasZone ? value : `${value}Z`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
