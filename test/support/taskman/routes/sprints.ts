import { type Answer, created, noContent, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';
import { sprintResponse } from '../schemas/responses.ts';
import { sprintCreate, sprintUpdate } from '../schemas/sprintRequests.ts';
import { sprintStatuses } from '../schemas/words.ts';
import type { Row } from '../store/table.ts';
import { projects, sprints } from '../store/tables.ts';
import { EntityService, ServiceError } from './entityService.ts';
import { equalTo, listQuery, pageBody, pagingOf, wordOrNothing } from './paging.ts';
import { sprintProgress } from './sprintProgress.ts';
import { usualStatuses, withStatuses } from './statuses.ts';

/** The column of a sprint's project has the older name. */
class SprintService extends EntityService {
  protected override toColumns({ primary_project: project, ...values }: Readonly<Row>): Row {
    return super.toColumns(project === undefined ? values : { ...values, project_id: project });
  }

  protected override fromColumns(row: Readonly<Row>): Row {
    const values = super.fromColumns(row);
    return { ...values, primary_project: values.project_id ?? null };
  }
}

const service = new SprintService('Sprint', sprints, sprintResponse);

export function sprintRoutes(base: string): Route[] {
  return [
    { method: 'GET', path: base, query: listQuery(['status', 'project_id']), handle: list },
    { method: 'POST', path: base, body: sprintCreate, handle: create },
    { method: 'GET', path: `${base}/{id}`, handle: get },
    { method: 'GET', path: `${base}/{id}/progress`, handle: progress },
    { method: 'PUT', path: `${base}/{id}`, body: sprintUpdate, handle: update },
    { method: 'DELETE', path: `${base}/{id}`, handle: remove },
    { method: 'POST', path: `${base}/{id}/start`, handle: (call) => setStatus(call, 'active') },
    { method: 'POST', path: `${base}/{id}/complete`, handle: (call) => setStatus(call, 'completed') },
  ];
}

function list({ app, query }: Call): Answer {
  const paging = pagingOf(query);
  const matches = equalTo({ status: wordOrNothing(sprintStatuses, query.status), project_id: query.project_id });
  return withStatuses({}, () =>
    ok(pageBody('sprints', service.search(app.database, matches, paging.perPage, paging.offset), paging)),
  );
}

/** A second sprint of the same id is a 400, unlike tasks and projects. */
function create({ app, body }: Call): Answer {
  return withStatuses({ notFound: 404 }, () => {
    const project = body.values.primary_project ?? null;
    if (!app.database.find(projects, project)) throw new ServiceError('notFound', `Project ${project} not found`);
    return created(service.create(app.database, body));
  });
}

function get({ app, params }: Call): Answer {
  return withStatuses(usualStatuses, () => ok(service.get(app.database, params.id!)));
}

function progress({ app, params }: Call): Answer {
  return withStatuses(usualStatuses, () => ok(sprintProgress(app.database, service.get(app.database, params.id!))));
}

function update({ app, params, body }: Call): Answer {
  return withStatuses(usualStatuses, () => ok(service.update(app.database, params.id!, body)));
}

function remove({ app, params }: Call): Answer {
  return withStatuses(usualStatuses, () => {
    service.delete(app.database, params.id!);
    return noContent();
  });
}

function setStatus({ app, params }: Call, status: string): Answer {
  const change = { values: { status }, sent: new Set(['status']) };
  return withStatuses(usualStatuses, () => ok(service.update(app.database, params.id!, change)));
}
