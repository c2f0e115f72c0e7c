import type { Value } from '../python/value.ts';
import { type Checked, checkModel, type Model } from '../schemas/model.ts';
import { type Problem, problemBody } from '../schemas/problem.ts';
import { HttpError } from './answer.ts';
import type { Incoming, Route } from './call.ts';
import { readBody } from './readBody.ts';

type Inputs = { readonly query: Readonly<Record<string, Value>>; readonly body: Checked };

/** What the route takes of the request. @throws HttpError 422 with every problem of the query and the body */
export function checkRequest(route: Route, request: Incoming): Inputs {
  const sentBody = route.body ? readBody(request) : undefined;
  const problems: Problem[] = [];
  const query = route.query ? checkQuery(route.query, request.query, problems) : {};
  const body = route.body ? checkBody(route.body, sentBody ?? null, problems) : noBody;
  if (problems.length > 0) throw new HttpError(422, problems.map(problemBody));
  return { query, body };
}

const noBody: Checked = { values: {}, sent: new Set() };

function checkBody(model: Model, body: Value, problems: Problem[]): Checked {
  if (body !== null) return checkModel(model, body, ['body'], problems);
  problems.push({ type: 'missing', loc: ['body'], msg: 'Field required', input: null });
  return noBody;
}

function checkQuery(model: Model, sent: URLSearchParams, problems: Problem[]): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const [name, { check, orElse }] of Object.entries(model.fields)) {
    const value = sent.getAll(name).at(-1);
    const loc = ['query', name];
    if (value !== undefined) values[name] = check(value, loc, problems);
    else if (orElse) values[name] = orElse();
    else problems.push({ type: 'missing', loc, msg: 'Field required', input: null });
  }
  return values;
}
