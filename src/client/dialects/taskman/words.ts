/** Words of a vocabulary of ours, under every spelling that rows of TaskMan-v2 and of its relatives may hold. */
export type Vocabulary = ReadonlyMap<string, string>;

/** @param others older or foreign words for ours; those that mean none of them are left out */
export function vocabulary(ours: readonly string[], others: Readonly<Record<string, string>> = {}): Vocabulary {
  const usable = Object.entries(others).filter(([, word]) => ours.includes(word));
  return new Map([...usable, ...ours.map((word) => [word, word] as const)]);
}

/** Our word for theirs, whatever its case and whether it is written with spaces, hyphens or underscores. */
export function ourWord(known: Vocabulary, theirs: unknown): string | undefined {
  if (typeof theirs !== 'string') return undefined;
  const word = theirs
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return known.get(word) ?? known.get(word.replaceAll('_', ''));
}

export const taskStatusWords = {
  pending: 'new',
  todo: 'new',
  to_do: 'new',
  planned: 'new',
  open: 'new',
  inprogress: 'in_progress',
  in_review: 'review',
  completed: 'done',
  complete: 'done',
  closed: 'done',
  resolved: 'done',
  cancelled: 'dropped',
  canceled: 'dropped',
} as const;

export const priorityWords = {
  critical: 'p0',
  urgent: 'p0',
  high: 'p1',
  medium: 'p2',
  normal: 'p2',
  low: 'p3',
} as const;

/** Statuses of projects and sprints. */
export const planStatusWords = {
  planning: 'new',
  planned: 'new',
  inprogress: 'in_progress',
  inactive: 'paused',
  on_hold: 'paused',
  done: 'completed',
  archived: 'closed',
  canceled: 'cancelled',
} as const;
