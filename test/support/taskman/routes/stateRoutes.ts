import { type Answer, created, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';
import type { Value } from '../python/value.ts';
import { type Field, type Model, optional } from '../schemas/model.ts';
import { integer } from '../schemas/numberChecks.ts';
import type { Row } from '../store/table.ts';
import type { StateService } from './stateService.ts';

/** The query of these lists: 100 rows, at most 1000, and what else is named. */
export function offsetQuery(fields: Readonly<Record<string, Field>> = {}): Model {
  const paging = {
    limit: optional(integer({ ge: 1, le: 1000 }), () => 100),
    offset: optional(integer({ ge: 0 }), () => 0),
  };
  return { name: 'Query', fields: { ...fields, ...paging } };
}

export function windowOf<T>(rows: readonly T[], { limit, offset }: Readonly<Record<string, Value>>): T[] {
  return rows.slice(Number(offset), Number(offset) + Number(limit));
}

/** How many rows there are, by status. */
export function byStatus(rows: readonly Row[]): { readonly total: number; readonly by_status: Record<string, number> } {
  const counts: Record<string, number> = {};
  for (const { status } of rows) counts[String(status)] = (counts[String(status)] ?? 0) + 1;
  return { total: rows.length, by_status: counts };
}

type Bodies = { readonly create: Model; readonly update: Model };

/** The routes that checklists, plans and conversations have in common. */
export function stateRoutes(base: string, service: StateService, { create, update }: Bodies): Route[] {
  const one = `${base}/{id}`;
  return [
    {
      method: 'POST',
      path: base,
      body: create,
      handle: ({ app, body }) => created(service.create(app.database, body.values)),
    },
    { method: 'GET', path: one, handle: ({ app, params }) => ok(service.get(app.database, params.id!)) },
    {
      method: 'PATCH',
      path: one,
      body: update,
      handle: ({ app, params, body }) => ok(service.patch(app.database, params.id!, body)),
    },
    { method: 'DELETE', path: one, handle: (call) => remove(service, call) },
    {
      method: 'GET',
      path: base,
      query: offsetQuery(),
      handle: ({ app, query }) => ok(service.list(app.database, Number(query.limit), Number(query.offset))),
    },
  ];
}

/** The row is gone, but the server fails over the body of a 204 and drops the connection. */
function remove(service: StateService, { app, params }: Call): Answer {
  service.delete(app.database, params.id!);
  return { status: 204, contentType: 'application/json', dropsConnection: true };
}
