import { type Answer, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';
import { ProblemError } from '../http/problemError.ts';
import { repr } from '../python/text.ts';
import type { Value } from '../python/value.ts';
import { checklistItem } from '../schemas/stateRequests.ts';
import type { Row } from '../store/table.ts';
import { anyText } from './paging.ts';
import { areDone, insertPart, newId, nowInUtc, nowText, numbered, partsOf } from './parts.ts';
import type { StateService } from './stateService.ts';

const notes = { name: 'Query', fields: { notes: anyText } };
const reason = { name: 'Query', fields: { reason: anyText } };

/** What happens to the items of a checklist, and with them to its status. */
export function itemRoutes(base: string, service: StateService): Route[] {
  const item = `${base}/{id}/items/{item}`;
  const change = (work: Change) => (call: Call) => changeItem(service, call, work);
  return [
    { method: 'POST', path: `${item}/check`, query: notes, handle: change(check) },
    { method: 'POST', path: `${item}/uncheck`, handle: change(uncheck) },
    { method: 'POST', path: `${item}/block`, query: reason, handle: change(block) },
    { method: 'POST', path: `${item}/unblock`, handle: change(unblock) },
    { method: 'POST', path: `${base}/{id}/items`, body: checklistItem, handle: (call) => addItem(service, call) },
    { method: 'DELETE', path: item, handle: (call) => removeItem(service, call) },
  ];
}

/** Gives the item a new state; returns what else changes in the checklist. */
type Change = (item: Row, call: Call, checklist: Row, items: readonly Row[]) => Row;

function changeItem(service: StateService, call: Call, change: Change): Answer {
  const { app, params } = call;
  const checklist = service.find(app.database, params.id!);
  const items = partsOf(checklist, 'items');
  const item = items.find(({ id }) => id === params.item) ?? missing(params.item!);
  const changes = change(item, call, checklist, items);
  return ok(service.save(app.database, checklist, { ...changes, items }));
}

const check: Change = (item, { query, params }, _checklist, items) => {
  if (item.status === 'completed') refuse('Item is already completed', params.item!);
  Object.assign(item, { status: 'completed', completed_at: nowText() }, query.notes ? { notes: query.notes } : {});
  return areDone(items) ? completed() : {};
};

const uncheck: Change = (item, { params }, checklist) => {
  if (item.status !== 'completed') refuse(`Item is not completed (current: ${shown(item.status)})`, params.item!);
  item.status = 'pending';
  delete item.completed_at;
  return reopened(checklist);
};

const block: Change = (item, { query, params }) => {
  if (item.status === 'blocked') refuse('Item is already blocked', params.item!);
  Object.assign(
    item,
    { status: 'blocked', blocked_at: nowText() },
    query.reason ? { blocked_reason: query.reason } : {},
  );
  return {};
};

const unblock: Change = (item, { params }) => {
  if (item.status !== 'blocked') refuse(`Item is not blocked (current: ${shown(item.status)})`, params.item!);
  item.status = 'pending';
  delete item.blocked_at;
  delete item.blocked_reason;
  return {};
};

function addItem(service: StateService, { app, params, body }: Call): Answer {
  const checklist = service.find(app.database, params.id!);
  const { after_item_id: after = null, ...values } = body.values;
  const item = { ...values, id: newId('ITEM', 8), status: 'pending' };
  const items = insertPart(partsOf(checklist, 'items'), item, after);
  return ok(service.save(app.database, checklist, { ...reopened(checklist), items }));
}

function removeItem(service: StateService, { app, params }: Call): Answer {
  const checklist = service.find(app.database, params.id!);
  const items = partsOf(checklist, 'items');
  const rest = numbered(items.filter(({ id }) => id !== params.item));
  if (rest.length === items.length) missing(params.item!);
  return ok(service.save(app.database, checklist, { ...(areDone(rest) && completed()), items: rest }));
}

function completed(): Row {
  return { status: 'completed', completed_at: nowInUtc() };
}

function reopened({ status }: Row): Row {
  return status === 'completed' ? { status: 'active', completed_at: null } : {};
}

function shown(value: Value | undefined): string {
  return typeof value === 'string' ? value : repr(value ?? null);
}

function missing(id: string): never {
  const extra = { entity_type: 'ChecklistItem', entity_id: id };
  throw new ProblemError('not-found', `Item ${id} not found in checklist`, extra);
}

function refuse(message: string, id: string): never {
  throw new ProblemError('validation-error', message, { field: 'item_id', value: id });
}
