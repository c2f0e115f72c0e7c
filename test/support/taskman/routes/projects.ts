import { type Answer, created, noContent, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';
import { projectCreate, projectUpdate } from '../schemas/projectRequests.ts';
import { projectResponse } from '../schemas/responses.ts';
import { projectStatuses } from '../schemas/words.ts';
import { projects } from '../store/tables.ts';
import { EntityService } from './entityService.ts';
import { equalTo, listQuery, pageBody, pagingOf, wordOrNothing } from './paging.ts';
import { usualStatuses, withStatuses } from './statuses.ts';

const service = new EntityService('Project', projects, projectResponse);

export function projectRoutes(base: string): Route[] {
  return [
    { method: 'GET', path: base, query: listQuery(['status', 'owner']), handle: list },
    { method: 'POST', path: base, body: projectCreate, handle: create },
    { method: 'GET', path: `${base}/{id}`, handle: get },
    { method: 'PUT', path: `${base}/{id}`, body: projectUpdate, handle: update },
    { method: 'DELETE', path: `${base}/{id}`, handle: remove },
  ];
}

function list({ app, query }: Call): Answer {
  const paging = pagingOf(query);
  const matches = equalTo({ status: wordOrNothing(projectStatuses, query.status), owner: query.owner });
  return withStatuses({}, () =>
    ok(pageBody('projects', service.search(app.database, matches, paging.perPage, paging.offset), paging)),
  );
}

function create({ app, body }: Call): Answer {
  return withStatuses({ conflict: 409 }, () => created(service.create(app.database, body)));
}

function get({ app, params }: Call): Answer {
  return withStatuses(usualStatuses, () => ok(service.get(app.database, params.id!)));
}

function update({ app, params, body }: Call): Answer {
  return withStatuses(usualStatuses, () => ok(service.update(app.database, params.id!, body)));
}

/** Children are not looked at: they stay, with the id of a project that is gone. */
function remove({ app, params }: Call): Answer {
  return withStatuses(usualStatuses, () => {
    service.delete(app.database, params.id!);
    return noContent();
  });
}
