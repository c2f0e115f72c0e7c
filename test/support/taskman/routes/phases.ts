import { type Answer, Crash } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';
import { ProblemError } from '../http/problemError.ts';
import { repr } from '../python/text.ts';
import { anything, literal, map, nullable, oneOf, text } from '../schemas/checks.ts';
import { type Model, optional, required } from '../schemas/model.ts';
import { integer } from '../schemas/numberChecks.ts';
import type { Table } from '../store/table.ts';
import { projects, sprints, tasks } from '../store/tables.ts';
import { offsetQuery } from './stateRoutes.ts';
import { crashing } from './stateService.ts';

const base = '/api/v1/phases';
const one = `${base}/{entity_type}/{id}`;
const entityType = literal(['task', 'sprint', 'project']);
const params: Model = { name: 'Path', fields: { entity_type: required(entityType) } };
const phaseStatus = oneOf(['not_started', 'in_progress', 'completed', 'skipped', 'blocked']);
const reason = optional(nullable(text({ max: 500 })));

const update: Model = {
  name: 'PhaseUpdateRequest',
  fields: {
    status: optional(nullable(phaseStatus)),
    blocked_reason: reason,
    skip_reason: reason,
    additional_fields: optional(nullable(map())),
  },
};
const searchQuery = offsetQuery({ phase_name: required(anything), phase_status: optional(nullable(phaseStatus)) });
const analyticsQuery: Model = {
  name: 'Query',
  fields: {
    limit: optional(integer({ ge: 1, le: 10_000 }), () => 1000),
    offset: optional(integer({ ge: 0 }), () => 0),
  },
};

/** Designed, but no entity has phases: what is found fails, what is not is a 404. */
export function phaseRoutes(): Route[] {
  const optionalBody = (name: string, field: string): Pick<Route, 'body' | 'isBodyOptional'> => ({
    body: { name, fields: { [field]: reason } },
    isBodyOptional: true,
  });
  return [
    { method: 'GET', path: one, params, handle: whole },
    { method: 'GET', path: `${one}/summary`, params, handle: whole },
    { method: 'PATCH', path: `${one}/{phase}`, params, body: update, handle: ofPhase },
    { method: 'POST', path: `${one}/advance`, params, handle: whole },
    {
      method: 'POST',
      path: `${one}/{phase}/block`,
      params,
      ...optionalBody('Block', 'blocked_reason'),
      handle: ofPhase,
    },
    { method: 'POST', path: `${one}/{phase}/unblock`, params, handle: ofPhase },
    { method: 'POST', path: `${one}/{phase}/skip`, params, ...optionalBody('Skip', 'skip_reason'), handle: ofPhase },
    { method: 'POST', path: `${one}/{phase}/complete`, params, handle: ofPhase },
    { method: 'POST', path: `${one}/{phase}/start`, params, handle: ofPhase },
    { method: 'GET', path: `${base}/{entity_type}/search`, params, query: searchQuery, handle: noFindAll },
    {
      method: 'GET',
      path: `${base}/blocked`,
      query: offsetQuery({ entity_type: optional(nullable(entityType)) }),
      handle: noFindAll,
    },
    { method: 'GET', path: `${base}/{entity_type}/analytics`, params, query: analyticsQuery, handle: noFindAll },
  ];
}

const tables: Readonly<Record<string, readonly [name: string, table: Table]>> = {
  task: ['Task', tasks],
  sprint: ['Sprint', sprints],
  project: ['Project', projects],
};
const phasesOf: Readonly<Record<string, readonly string[]>> = {
  task: ['research', 'planning', 'implementation', 'testing'],
  sprint: ['planning', 'implementation'],
  project: ['research', 'planning'],
};

function ofPhase(call: Call): Answer {
  const { entity_type: type = '', phase = '' } = call.params;
  const phases = phasesOf[type] ?? [];
  if (phases.includes(phase)) return whole(call);
  const message = `Invalid phase '${phase}' for ${type}. Valid phases: ${repr(phases)}`;
  throw new ProblemError('validation-error', message, { field: 'phase_name', value: phase });
}

function whole({ app, params: { entity_type: type = '', id = '' } }: Call): Answer {
  const [name, table] = tables[type] ?? noTable(type);
  const row = crashing(() => app.database.find(table, id));
  if (row) throw new Crash(`'${name}' object has no attribute 'phases'`);
  throw new ProblemError('not-found', `${name} not found: ${id}`, { entity_type: name, entity_id: id });
}

function noTable(type: string): never {
  throw new TypeError(`No table of ${type}`);
}

function noFindAll(): Answer {
  throw new Crash("'TaskRepository' object has no attribute 'find_all'");
}
