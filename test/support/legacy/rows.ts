/** What the older servers hold, before it is put in the words of one of them. */
export type LegacyTask = {
  readonly number: number;
  readonly title: string;
  readonly status: LegacyStatus;
  readonly priority: LegacyPriority;
  /** Number of a sprint; none is the backlog. */
  readonly sprint?: number;
  readonly shape?: string;
};

export type LegacyStatus = 'new' | 'in_progress' | 'blocked' | 'done' | 'dropped';
export type LegacyPriority = 'low' | 'medium' | 'high' | 'critical';

export const legacyProjects = [
  { number: 1, name: 'DTM-Enhancement', description: 'Dashboards and sync', status: 'active' },
  { number: 2, name: 'CF-Enhancement', description: '', status: 'completed' },
] as const;

export const legacySprints = [
  { number: 1, name: 'Sprint one', goal: 'Read everything', status: 'active' },
  { number: 2, name: 'Sprint two', goal: '', status: 'planned' },
] as const;

/** Every status and priority at least once, with and without a sprint. All belong to project 1. */
export const legacyTasks: readonly LegacyTask[] = [
  { number: 1, title: 'Collect', status: 'done', priority: 'high', sprint: 1, shape: 'Pentagon' },
  { number: 2, title: 'Transform', status: 'in_progress', priority: 'critical', sprint: 1, shape: 'Circle' },
  { number: 3, title: 'Validate: žluťoučký kůň', status: 'blocked', priority: 'medium', sprint: 1 },
  { number: 4, title: 'Integrate', status: 'new', priority: 'low', sprint: 2, shape: 'Triangle' },
  { number: 5, title: 'Report', status: 'new', priority: 'medium' },
  { number: 6, title: 'Poll the export', status: 'dropped', priority: 'low' },
  { number: 7, title: 'Retry, then give up', status: 'in_progress', priority: 'high' },
  { number: 8, title: 'Write the guide', status: 'new', priority: 'high', sprint: 2 },
  { number: 9, title: 'Archive', status: 'done', priority: 'low', sprint: 1 },
];

export const legacyTime = '2025-09-12T08:30:00Z';
