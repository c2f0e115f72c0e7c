import type { LegacyPriority, LegacyStatus } from './rows.ts';

export type Envelope = 'items' | 'bare' | 'success' | 'limit' | 'page';
type Body = Readonly<Record<string, unknown>>;

/** How one of the older servers speaks. A word that a variant does not have leaves out the tasks that need it. */
export type Variant = {
  readonly envelope: Envelope;
  readonly base: string;
  /** What a list's address without the slash at its end gets where one is expected, and the other way round. */
  readonly slash: 'expected' | 'none' | 'either';
  readonly resources: readonly ('projects' | 'sprints' | 'tasks')[];
  readonly parents: readonly [project: string, sprint: string];
  readonly ids: Readonly<Record<'projects' | 'sprints' | 'tasks', string>>;
  /** Whether `id` is a number and the id in words has a name of its own. */
  readonly hasNumericIds?: boolean;
  readonly statuses: Partial<Readonly<Record<LegacyStatus, string>>>;
  readonly priorities: Partial<Readonly<Record<LegacyPriority, string>>>;
  readonly health: Readonly<Record<string, Body>>;
  /** Where it wants a sign-in; without one nothing asks for a token and the route is missing. */
  readonly login?: string;
  readonly error: (status: number, text: string) => Body;
};

const plainWords = { low: 'low', medium: 'medium', high: 'high', critical: 'critical' };
const byId = ['project_id', 'sprint_id'] as const;
const uptime = { status: 'healthy', version: '1.0.0' };
const textError = (_status: number, text: string) => ({ error: text });

/** By the numbers of the texts that describe them; `v2mock` is the dashboard's own mock server. */
export const variants = {
  v1: {
    envelope: 'items',
    base: '/api/v1',
    slash: 'expected',
    resources: ['projects', 'sprints', 'tasks'],
    parents: byId,
    ids: { projects: 'PRJ-', sprints: 'SPR-', tasks: 'TASK-' },
    statuses: { new: 'pending', in_progress: 'in_progress', blocked: 'blocked', done: 'completed' },
    priorities: { low: 'low', medium: 'medium', high: 'high' },
    health: { '/health': { status: 'ok' } },
    login: '/auth/login',
    error: (_status, text) => ({ detail: text }),
  },
  v2: {
    envelope: 'bare',
    base: '/api/v1',
    slash: 'none',
    resources: ['projects', 'tasks'],
    parents: byId,
    ids: { projects: 'P-TEST-', sprints: 'S-TEST-', tasks: 'T-TEST-' },
    statuses: { new: 'new', in_progress: 'in_progress', blocked: 'blocked', done: 'completed' },
    priorities: plainWords,
    health: { '/api/v1/health': { version: '1.0.0', uptime: '24 hours', timestamp: '2025-09-12T08:30:00Z' } },
    error: textError,
  },
  v2mock: {
    envelope: 'items',
    base: '/api/v1',
    slash: 'none',
    resources: ['projects', 'tasks'],
    parents: byId,
    ids: { projects: 'P-TEST-', sprints: 'S-TEST-', tasks: 'T-TEST-' },
    statuses: { new: 'new', in_progress: 'inprogress', done: 'completed' },
    priorities: plainWords,
    health: { '/api/v1/health': { version: '1.0.0', uptime: '24 hours', timestamp: '2025-09-12T08:30:00Z' } },
    error: textError,
  },
  v4: {
    envelope: 'bare',
    base: '/api',
    slash: 'either',
    resources: ['projects', 'tasks'],
    parents: byId,
    ids: { projects: 'P-DTM-', sprints: 'S-DTM-', tasks: 'T-DTM-' },
    statuses: { new: 'pending', in_progress: 'in_progress', blocked: 'blocked', done: 'completed' },
    priorities: { ...plainWords, high: 'urgent' },
    health: { '/health': { ...uptime, uptime: 86_400 }, '/api/health': { status: 'ok' } },
    error: textError,
  },
  v6: {
    envelope: 'success',
    base: '/api/v1',
    slash: 'expected',
    resources: ['projects', 'sprints', 'tasks'],
    parents: byId,
    ids: { projects: 'P-0000a1b', sprints: 'S-0000a1b', tasks: 'T-0000a1b' },
    statuses: {
      new: 'planned',
      in_progress: 'in_progress',
      blocked: 'blocked',
      done: 'completed',
      dropped: 'cancelled',
    },
    priorities: plainWords,
    health: { '/health': { ...uptime, uptime: '50h 8m 1s', database: 'connected' } },
    error: (_status, text) => ({ success: false, error: text }),
  },
  v7: {
    envelope: 'limit',
    base: '/api/v1',
    slash: 'none',
    resources: ['projects', 'sprints', 'tasks'],
    parents: byId,
    ids: { projects: 'PROJ-', sprints: 'SPRINT-', tasks: 'TASK-' },
    hasNumericIds: true,
    statuses: { new: 'new', in_progress: 'in_progress', blocked: 'blocked', done: 'done', dropped: 'dropped' },
    priorities: plainWords,
    health: { '/healthz': { status: 'ok' } },
    error: (status, text) => ({
      error: { type: status === 404 ? 'NotFound' : 'ValidationError', message: text, details: {} },
    }),
  },
  v10: {
    envelope: 'page',
    base: '/api/v1',
    slash: 'none',
    resources: ['projects', 'sprints', 'tasks'],
    parents: ['primary_project', 'primary_sprint'],
    ids: { projects: 'P-', sprints: 'S-', tasks: 'T-' },
    statuses: { new: 'new', in_progress: 'in_progress', blocked: 'blocked', done: 'done', dropped: 'dropped' },
    priorities: { low: 'p3', medium: 'p2', high: 'p1', critical: 'p0' },
    health: { '/health': { status: 'degraded', version: '0.1.0' } },
    error: (_status, text) => ({ detail: text }),
  },
} as const satisfies Readonly<Record<string, Variant>>;

export type VariantName = keyof typeof variants;
