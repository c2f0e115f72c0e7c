import { monotonicFactory } from 'ulid';
import type { Body } from './api.ts';

const ulid = monotonicFactory();

/** A new operation id. */
export const newOpId = (): string => ulid();

type Operation = Readonly<Record<string, unknown>> & { readonly op_id: string; readonly id: string };
export type Extra = Readonly<Record<string, unknown>>;

const kinds: Readonly<Record<string, string>> = { P: 'project', S: 'sprint', T: 'task' };

function operation(id: string, kind: string, rest: Extra): Operation {
  const header = { op_id: newOpId(), at: new Date().toISOString(), account: 'admin', surface: 'cli' };
  return { ...header, entity: kinds[id.charAt(0)], id, kind, ...rest };
}

const stamps = {
  version: 1,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  created_by: 'me',
  updated_by: 'me',
  custom: {},
};

/** A whole project, as a client would make it offline. */
export function wholeProject(id: string, fields: Extra = {}): Extra {
  const empty = { start_date: null, target_end_date: null, pending_reason: null, blocked_reason: null };
  const rest = { mission: '', status: 'new', owner: null, labels: [], repositories: [], completed_at: null };
  return { id, name: `Project ${id}`, ...rest, ...empty, ...stamps, ...fields };
}

/** A whole task, as a client would make it offline. */
export function wholeTask(id: string, projectId: string, fields: Extra = {}): Extra {
  const words = { title: `Task ${id}`, description: '', status: 'new', priority: 'p2', rank: '' };
  const lists = { assignees: [], labels: [], depends_on: [], acceptance_criteria: [], links: [] };
  const references = { project_id: projectId, sprint_id: null, parent_id: null };
  const empty = { severity: null, work_type: null, owner: null, estimate_points: null, actual_hours: null };
  const times = { due_at: null, blocked_reason: null, started_at: null, completed_at: null };
  return { id, ...references, ...words, ...lists, ...empty, ...times, ...stamps, ...fields };
}

export function create(data: Extra, extra: Extra = {}): Operation {
  return operation(String(data.id), 'create', { data, ...extra });
}

export function update(id: string, set: Readonly<Record<string, readonly [unknown, unknown]>>, extra: Extra = {}) {
  const changes = Object.entries(set).map(([field, [from, to]]) => [field, { from, to }]);
  return operation(id, 'update', { set: Object.fromEntries(changes), ...extra });
}

export function remove(before: Body | Extra, extra: Extra = {}): Operation {
  return operation(String(before.id), 'delete', { before, ...extra });
}

export function restore(before: Body | Extra, extra: Extra = {}): Operation {
  return operation(String(before.id), 'restore', { before, ...extra });
}
