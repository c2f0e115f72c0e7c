import * as z from 'zod';
import type { ProjectList } from '../../core/scope.ts';

/** How far the feed has been read, and for which projects. */
export interface FeedPosition {
  /** For which everything up to `at` is known; null: for all. */
  readonly projects: ProjectList;
  /** The server's own cursor; null: the start. */
  readonly at: string | null;
  /** Further projects that are being read from the start; from `at` on they are read with the others. */
  readonly adding?: { readonly projects: ProjectList; readonly at: string | null };
}

const list = z.array(z.string()).nullable();
const schema = z.object({
  projects: list,
  at: z.string().nullable(),
  adding: z.object({ projects: list, at: z.string().nullable() }).optional(),
});

/** As it is kept with the data; without limits it is the server's own cursor. */
export function formatPosition(position: FeedPosition): string {
  const isPlain = position.projects === null && !position.adding && position.at !== null;
  return isPlain ? position.at : JSON.stringify(position);
}

/** Reads what {@link formatPosition} wrote. */
export function parsePosition(cursor: string): FeedPosition {
  if (!cursor.startsWith('{')) return { projects: null, at: cursor };
  const { adding, ...position } = schema.parse(JSON.parse(cursor));
  return { ...position, ...(adding ? { adding } : {}) };
}

/** Whether the first snapshot is behind: from then on the cursor is the number of a change, the same for every limit. */
export function isTail(at: string | null): at is string {
  return at !== null && /^\d+$/.test(at);
}
