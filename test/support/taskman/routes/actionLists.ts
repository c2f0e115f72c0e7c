import { type Answer, Crash, created, HttpError, noContent, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';
import { isList, type Value } from '../python/value.ts';
import { actionListCreate, actionListItem, actionListOrder, actionListUpdate } from '../schemas/actionLists.ts';
import { anything } from '../schemas/checks.ts';
import { required } from '../schemas/model.ts';
import { ActionListService } from './actionListService.ts';
import { ServiceError } from './entityService.ts';
import { listQuery, pageBody, pagingOf } from './paging.ts';
import { withStatuses } from './statuses.ts';

const linkQuery = { name: 'Query', fields: { task_id: required(anything) } };

export function actionListRoutes(base: string): Route[] {
  const one = `${base}/{id}`;
  return [
    { method: 'POST', path: base, body: actionListCreate, handle: create },
    { method: 'GET', path: base, query: listQuery(['status', 'owner', 'project_id', 'sprint_id']), handle: list },
    { method: 'GET', path: one, handle: get },
    { method: 'PATCH', path: one, body: actionListUpdate, handle: update },
    { method: 'PUT', path: one, body: actionListUpdate, handle: update },
    { method: 'DELETE', path: one, handle: remove },
    { method: 'GET', path: `${one}/tasks`, handle: tasks },
    { method: 'POST', path: `${one}/tasks`, query: linkQuery, handle: addTask },
    { method: 'DELETE', path: `${one}/tasks/{item}`, handle: removeTask },
    { method: 'POST', path: `${one}/items`, body: actionListItem, handle: addItem },
    { method: 'DELETE', path: `${one}/items/{item}`, handle: removeItem },
    { method: 'PATCH', path: `${one}/items/reorder`, body: actionListOrder, handle: reorder },
  ];
}

const alwaysBad = { notFound: 400, validation: 400, conflict: 400, app: 400 };
const alwaysMissing = { notFound: 404, validation: 404, conflict: 404, app: 404 };

function service({ app }: Call): ActionListService {
  return new ActionListService(app);
}

function create(call: Call): Answer {
  return withStatuses(alwaysBad, () => created(service(call).create(call.body)));
}

function list(call: Call): Answer {
  const { page: _page, per_page: _perPage, ...filters } = call.query;
  const paging = pagingOf(call.query);
  return withStatuses(alwaysBad, () =>
    ok(pageBody('action_lists', service(call).list(filters, paging.perPage, paging.offset), paging)),
  );
}

/** Whatever fails, also a row that does not fit, is a list that is not found. */
function get(call: Call): Answer {
  const id = call.params.id!;
  try {
    return ok(service(call).generic.get(call.app.database, id));
  } catch (error) {
    if (error instanceof ServiceError) throw new HttpError(404, `ActionList not found: ${id}`);
    throw error;
  }
}

function update(call: Call): Answer {
  return withStatuses(alwaysBad, () => ok(service(call).update(call.params.id!, call.body)));
}

function remove(call: Call): Answer {
  return withStatuses(alwaysMissing, () => {
    service(call).generic.delete(call.app.database, call.params.id!);
    return noContent();
  });
}

/** The answer's model is a list of texts: objects among the items break it. */
function tasks(call: Call): Answer {
  return withStatuses(alwaysMissing, () => {
    const items = service(call).tasksOf(call.params.id!);
    if (items.some((item) => typeof item !== 'string')) throw new Crash('ResponseValidationError');
    return ok(items);
  });
}

function addTask(call: Call): Answer {
  return withStatuses(alwaysBad, () => ok(service(call).addTask(call.params.id!, call.query.task_id ?? null)));
}

function removeTask(call: Call): Answer {
  return withStatuses(alwaysBad, () => ok(service(call).removeItem(call.params.id!, call.params.item!)));
}

function addItem(call: Call): Answer {
  const { text = null, order = null } = call.body.values;
  return withStatuses(alwaysBad, () => ok(service(call).addItem(call.params.id!, text, order)));
}

function removeItem(call: Call): Answer {
  return withStatuses(alwaysBad, () => {
    service(call).removeItem(call.params.id!, call.params.item!);
    return noContent();
  });
}

function reorder(call: Call): Answer {
  const ids: Value = call.body.values.item_ids ?? [];
  return withStatuses(alwaysBad, () => ok(service(call).reorder(call.params.id!, isList(ids) ? ids : [])));
}
