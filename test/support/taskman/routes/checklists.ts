import { type Answer, Crash, created, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';
import { ProblemError } from '../http/problemError.ts';
import { isList, isMap, type Value } from '../python/value.ts';
import { anything, boolean, nullable } from '../schemas/checks.ts';
import { optional, required } from '../schemas/model.ts';
import { checklistCreate, checklistUpdate } from '../schemas/stateRequests.ts';
import { checklistResponse } from '../schemas/stateResponses.ts';
import type { Row } from '../store/table.ts';
import { checklists } from '../store/tables.ts';
import { itemRoutes } from './checklistItems.ts';
import { anyText } from './paging.ts';
import { newId, nowInUtc, partsOf, progressOf } from './parts.ts';
import { byStatus, offsetQuery, stateRoutes, windowOf } from './stateRoutes.ts';
import { internalError, StateService } from './stateService.ts';

const base = '/api/v1/checklists';

const service = new StateService('Checklist', checklists, checklistResponse, ({ items = [] }) => {
  const list = isList(items) ? items : [];
  const count = (status: string) => list.filter((item) => isMap(item) && item.status === status).length;
  return { progress_pct: progressOf(list), pending_count: count('pending'), blocked_count: count('blocked') };
});

const parents = { task_id: anyText, plan_id: anyText, conversation_id: anyText };
const searchQuery = offsetQuery({ status: anyText, is_template: optional(nullable(boolean)), ...parents });
const cloneQuery = { name: 'Query', fields: { template_id: required(anything), title: anyText, ...parents } };

export function checklistRoutes(): Route[] {
  const active = (row: Row) => row.status === 'active';
  const has = (row: Row, statuses: readonly string[]) =>
    partsOf(row, 'items').some(({ status }) => statuses.includes(String(status)));
  return [
    { method: 'GET', path: `${base}/search`, query: searchQuery, handle: search },
    listRoute('templates', (row) => row.is_template === true, ['title', 'asc']),
    listRoute('active', active),
    listRoute('blocked', (row) => active(row) && has(row, ['blocked'])),
    { method: 'GET', path: `${base}/stats`, handle: stats },
    listRoute('incomplete', (row) => active(row) && row.is_template === false && has(row, ['pending', 'blocked'])),
    { method: 'POST', path: `${base}/from-template`, query: cloneQuery, handle: clone },
    ...stateRoutes(base, service, { create: checklistCreate, update: checklistUpdate }),
    { method: 'POST', path: `${base}/{id}/complete`, handle: complete },
    { method: 'POST', path: `${base}/{id}/archive`, handle: archive },
    ...itemRoutes(base, service),
  ];
}

type Order = readonly [string, 'asc' | 'desc'];

function listRoute(name: string, matches: (row: Row) => boolean, order: Order = ['updated_at', 'desc']): Route {
  const handle = (call: Call) => answerList(call, matches, order);
  return { method: 'GET', path: `${base}/${name}`, query: offsetQuery(), handle };
}

function answerList({ app, query }: Call, matches: (row: Row) => boolean, order: Order): Answer {
  return ok(service.showAll(windowOf(service.select(app.database, matches, order), query)));
}

/** Only the first filter counts; without any, the back end calls a method that does not exist. */
function search(call: Call): Answer {
  const { is_template: isTemplate, status } = call.query;
  if (isTemplate === true) return answerList(call, (row) => row.is_template === true, ['title', 'asc']);
  if (status) return answerList(call, (row) => row.status === status, ['updated_at', 'desc']);
  const parent = Object.keys(parents).find((name) => call.query[name]);
  if (parent === undefined) throw new Crash("'ChecklistRepository' object has no attribute 'find_all'");
  return answerList(call, (row) => row[parent] === call.query[parent], ['created_at', 'desc']);
}

function stats({ app }: Call): Answer {
  const rows = service.select(app.database, () => true, ['created_at', 'asc']);
  const { total, by_status } = byStatus(rows);
  return ok({ total, templates: rows.filter((row) => row.is_template === true).length, by_status });
}

function clone({ app, query }: Call): Answer {
  const id = String(query.template_id);
  const template = service.find(app.database, id);
  if (template.is_template !== true) {
    throw new ProblemError('validation-error', `Checklist ${id} is not a template`, {
      field: 'template_id',
      value: id,
    });
  }
  const { task_id = null, plan_id = null, conversation_id = null } = query;
  const copy = {
    id: newId('CL', 12),
    title: query.title || `Copy of ${template.title}`,
    description: template.description ?? null,
    status: 'active',
    items: partsOf(template, 'items').map(clonedItem),
    is_template: false,
    template_id: id,
    task_id,
    plan_id,
    conversation_id,
    tags: template.tags ?? [],
  };
  try {
    return created(service.create(app.database, copy));
  } catch (error) {
    throw internalError(error);
  }
}

function clonedItem({ title = null, description = null, priority = 'medium' }: Row, index: number): Value {
  return { id: newId('ITEM', 8), title, description, order: index + 1, status: 'pending', priority };
}

function complete({ app, params }: Call): Answer {
  const checklist = service.find(app.database, params.id!);
  return ok(service.save(app.database, checklist, { status: 'completed', completed_at: nowInUtc() }));
}

function archive({ app, params }: Call): Answer {
  const change = { values: { status: 'archived' }, sent: new Set(['status']) };
  return ok(service.patch(app.database, params.id!, change));
}
