import { type Answer, created, noContent, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';
import { isMap, type Value } from '../python/value.ts';
import { taskResponse } from '../schemas/responses.ts';
import { taskCreate, taskUpdate } from '../schemas/taskRequests.ts';
import { priorities, taskStatuses } from '../schemas/words.ts';
import type { Database } from '../store/database.ts';
import { projects, sprints, tasks } from '../store/tables.ts';
import { EntityService, ServiceError } from './entityService.ts';
import { equalTo, listQuery, pageBody, pagingOf, wordOrNothing } from './paging.ts';
import { usualStatuses, withStatuses } from './statuses.ts';

const taskService = new EntityService('Task', tasks, taskResponse);

const filters = ['status', 'priority', 'sprint_id', 'project_id', 'assignee', 'owner'];

/** From which status a task can be completed; `active` is missing from the back end's table. */
const completable = ['in_progress', 'review'];

export function taskRoutes(base: string): Route[] {
  return [
    { method: 'GET', path: base, query: listQuery(filters), handle: list },
    { method: 'POST', path: base, body: taskCreate, handle: create },
    { method: 'GET', path: `${base}/{id}`, handle: get },
    { method: 'PUT', path: `${base}/{id}`, body: taskUpdate, handle: update },
    { method: 'PATCH', path: `${base}/{id}`, body: taskUpdate, handle: update },
    { method: 'DELETE', path: `${base}/{id}`, handle: remove },
    { method: 'POST', path: `${base}/{id}/complete`, handle: complete },
  ];
}

function list({ app, query }: Call): Answer {
  const paging = pagingOf(query);
  const matches = equalTo({
    status: wordOrNothing(taskStatuses, query.status),
    priority: wordOrNothing(priorities, query.priority),
    primary_project: query.project_id,
    primary_sprint: query.sprint_id,
    assignee: query.assignee,
    owner: query.owner,
  });
  return withStatuses({}, () =>
    ok(pageBody('tasks', taskService.search(app.database, matches, paging.perPage, paging.offset), paging)),
  );
}

function create({ app, body }: Call): Answer {
  return withStatuses({ conflict: 409 }, () => {
    const { primary_project: project = null, primary_sprint: sprint = null } = body.values;
    if (!app.database.find(projects, project)) throw missing('Project', project);
    if (!app.database.find(sprints, sprint)) throw missing('Sprint', sprint);
    return created(taskService.create(app.database, body));
  });
}

function get({ app, params }: Call): Answer {
  return withStatuses(usualStatuses, () => ok(taskService.get(app.database, params.id!)));
}

function update({ app, params, body }: Call): Answer {
  return withStatuses(usualStatuses, () => {
    expectParents(app.database, body.values);
    return ok(taskService.update(app.database, params.id!, body));
  });
}

function expectParents(
  database: Database,
  { primary_project: project, primary_sprint: sprint }: Readonly<Record<string, Value>>,
) {
  if (project && !database.find(projects, project)) throw missing('Project', project);
  if (sprint && !database.find(sprints, sprint)) throw missing('Sprint', sprint);
}

function missing(name: string, id: Value): ServiceError {
  return new ServiceError('notFound', `${name} not found: ${id === null ? 'None' : String(id)}`);
}

function remove({ app, params }: Call): Answer {
  return withStatuses(usualStatuses, () => {
    taskService.delete(app.database, params.id!);
    return noContent();
  });
}

function complete({ app, params }: Call): Answer {
  return withStatuses(usualStatuses, () => {
    const task = taskService.get(app.database, params.id!);
    const status = String(isMap(task) ? task.status : '');
    if (!completable.includes(status)) {
      throw new ServiceError('validation', `Invalid status transition: ${status} -> done`);
    }
    const change = { values: { status: 'done' }, sent: new Set(['status']) };
    return ok(taskService.update(app.database, params.id!, change));
  });
}
