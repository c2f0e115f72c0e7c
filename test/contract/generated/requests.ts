import fc from 'fast-check';
import { openApiDocument } from '../../../src/api/openapi.ts';
import type { ApiRoute } from '../../../src/api/routes.ts';
import type { SchemaName } from '../../../src/api/schemas.ts';
import { type JsonSchema, valuesOf } from '../../support/schemaArbitrary.ts';
import { inBody, inQuery, some } from './knownValues.ts';
import { brokenBodies, brokenIds, brokenParameters, brokenPaths, headersOf, methods, rareHeaders } from './mistakes.ts';

/** A request with placeholders of the `World` in it. */
export interface GeneratedRequest {
  readonly method: string;
  /** As it is sent: already encoded where that is needed. */
  readonly path: string;
  /** Names and values, not yet encoded. */
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: JsonSchema }[];
}

const document = openApiDocument('0') as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
};

/** A request as a client would make it, so that the route can do what it is for. */
export function validRequest(route: ApiRoute): fc.Arbitrary<GeneratedRequest> {
  return fc.record({
    method: fc.constant(route.method.toUpperCase()),
    path: pathOf(route, knownId(route)),
    query: queryOf(route),
    headers: headersOf(route),
    body: bodyOf(route),
  });
}

/** A request in which each part is now and then something else than the route expects. */
export function anyRequest(route: ApiRoute): fc.Arbitrary<GeneratedRequest> {
  const rarely = <T>(usual: fc.Arbitrary<T>, broken: fc.Arbitrary<T>, weight = 8) =>
    fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: broken });
  const body = bodyOf(route);
  return fc.record({
    method: rarely(fc.constant(route.method.toUpperCase()), methods, 30),
    path: rarely(rarely(pathOf(route, knownId(route)), pathOf(route, brokenIds)), brokenPaths(route.path), 20),
    query: rarely(
      queryOf(route),
      fc.tuple(queryOf(route), brokenParameters).map((parts) => parts.flat()),
    ),
    headers: rarely(headersOf(route), rareHeaders(route), 3),
    body: rarely(body, body.chain(brokenBodies), 4),
  });
}

function pathOf({ path }: ApiRoute, ids: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return path.includes('{id}') ? ids.map((id) => path.replace('{id}', id)) : fc.constant(path);
}

const kinds = { projects: 'project', sprints: 'sprint', tasks: 'task' } as const;
/** What an action needs its entity to be in, so that it is not refused every time. */
const states: Readonly<Record<string, string>> = { complete: '.active', reopen: '.done', start: '.new' };

/** The id of something that the route can be used with. */
function knownId({ path, method }: ApiRoute): fc.Arbitrary<string> {
  const [collection = '', , action = ''] = path.replace('/api/v1/', '').split('/');
  const kind = Object.hasOwn(kinds, collection) ? kinds[collection as keyof typeof kinds] : undefined;
  if (!kind) return some(path.includes('/users/') ? 'user' : 'access-token');
  if (action === 'restore') return some(`deleted-${kind}`);
  const any = some(kind);
  if (states[action]) return fc.oneof(any, some(`${kind}${states[action]}`));
  // The base project stays: nothing could be made without it.
  const isDangerous = kind === 'project' && method === 'delete';
  return isDangerous ? fc.nat({ max: 20 }).map((number) => `«project ${2 * number + 1}»`) : any;
}

function queryOf({ path, method, query }: ApiRoute): fc.Arbitrary<readonly (readonly [string, string])[]> {
  if (!query) return fc.constant([]);
  const parameters = document.paths[path]?.[method]?.parameters.filter((each) => each.in === 'query') ?? [];
  const known = inQuery(query);
  // The address of a sprint's tasks names the sprint already.
  const usable = path.includes('{id}') ? parameters.filter(({ name }) => name !== 'sprint_id') : parameters;
  const pairs = usable.map(({ name, schema }) => {
    const usual = valuesOf(schema);
    return (known(name, usual) ?? usual).map((value) => [name, String(value)] as const);
  });
  return fc.subarray(pairs, { maxLength: Math.min(3, pairs.length) }).chain((chosen) => fc.tuple(...chosen));
}

function bodyOf({ body, optionalBody }: ApiRoute): fc.Arbitrary<string | undefined> {
  if (!body) return fc.constant(undefined);
  const text = jsonOf(body);
  return optionalBody
    ? fc.oneof({ weight: 3, arbitrary: text }, { weight: 1, arbitrary: fc.constant(undefined) })
    : text;
}

function jsonOf(name: SchemaName): fc.Arbitrary<string> {
  const schema = document.components.schemas[name];
  if (!schema) throw new Error(`the document has no schema ${name}`);
  return valuesOf(schema, inBody(name)).map((value) => JSON.stringify(value));
}
