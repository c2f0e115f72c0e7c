import * as z from 'zod';
import { headerComponents, isWrite, problemHeaders, requestHeaders, successHeaders } from './openapiHeaders.ts';
import { type ProblemSlug, problemMediaType, problemStatus } from './problem.ts';
import { type ApiRoute, apiRoutes } from './routes.ts';
import { apiSchemas, type SchemaName } from './schemas.ts';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document, made of the schemas that also check requests. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of apiRoutes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  return {
    openapi: '3.1.0',
    info: { title: 'DTM API', version, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      headers: headerComponents(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(usedSchemas().map(([name, io]) => [name, jsonSchema(name, io)])),
    },
  };
}

function operation(route: ApiRoute): Json {
  const { method, path, summary, access, deprecated } = route;
  return {
    operationId: `${method}${path.replace(/[^A-Za-z0-9]+(\w?)/g, (_all, letter: string) => letter.toUpperCase())}`,
    summary,
    ...(access === 'public' ? { security: [] } : { description: `Needs the role ${access}.` }),
    ...(deprecated ? { deprecated } : {}),
    parameters: parameters(route),
    ...(route.body ? { requestBody: requestBody(route, route.body) } : {}),
    responses: responses(route),
  };
}

function parameters(route: ApiRoute): Json[] {
  const { path, query } = route;
  const text = { type: 'string' };
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: text,
  }));
  const shape = query ? (jsonSchema(query, 'input').properties as Record<string, Json>) : {};
  const inQuery = Object.entries(shape).map(([name, schema]) => ({ name, in: 'query', schema }));
  return [...inPath, ...inQuery, ...requestHeaders(route).map((name) => ({ name, in: 'header', schema: text }))];
}

function requestBody({ method, optionalBody = false }: ApiRoute, name: SchemaName): Json {
  const media = ['application/json', ...(method === 'patch' ? ['application/merge-patch+json'] : [])];
  const content = Object.fromEntries(media.map((each) => [each, { schema: reference(name) }]));
  return { required: !optionalBody, content };
}

function responses(route: ApiRoute): Json {
  const { status, answer, media = 'application/json' } = route;
  const schema = media === 'application/json' && answer ? reference(answer) : { type: 'string' };
  const hasBody = answer !== undefined || route.media !== undefined;
  const content = hasBody ? { content: { [media]: { schema } } } : {};
  const success = { description: 'Done.', headers: successHeaders(route), ...content };
  const unchanged = { description: 'It is what you have.', headers: successHeaders(route) };
  const failures = [...byStatus(problemsOf(route))].map(([code, slugs]) => [code, problem(slugs, code)] as const);
  return {
    [status]: success,
    ...(route.otherwise ? { [route.otherwise.status]: { ...success, description: route.otherwise.description } } : {}),
    ...(route.headers?.includes('If-None-Match') ? { 304: unchanged } : {}),
    ...Object.fromEntries(failures),
    default: problem(['any other problem']),
  };
}

function problem(slugs: readonly string[], status = 0): Json {
  const content = { [problemMediaType]: { schema: reference('Problem') } };
  return { description: slugs.join(', '), headers: problemHeaders(status), content };
}

/** What a route can refuse: what it says itself, and what follows from its having a body, a query, an id, a sign-in. */
function problemsOf(route: ApiRoute): ProblemSlug[] {
  const { path, query, body, access, problems = [] } = route;
  return [
    ...(body ? (['bad-request', 'too-large', 'unsupported-media-type'] as const) : []),
    ...(body || query ? (['validation'] as const) : []),
    ...(isWrite(route) ? (['validation', 'idempotency-mismatch'] as const) : []),
    ...(access === 'public' ? [] : (['unauthenticated', 'token-expired'] as const)),
    // Nobody who is signed in has less than the least role.
    ...(access === 'member' || access === 'admin' ? (['forbidden'] as const) : []),
    ...(path.includes('{id}') ? (['not-found'] as const) : []),
    ...problems,
  ];
}

function byStatus(slugs: readonly ProblemSlug[]): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const slug of new Set(slugs)) {
    const status = problemStatus[slug];
    found.set(status, [...(found.get(status) ?? []), slug]);
  }
  return found;
}

function reference(name: SchemaName): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** Requests are described as they are sent, answers as they arrive. Queries become parameters instead. */
function usedSchemas(): (readonly [SchemaName, 'input' | 'output'])[] {
  const bodies = apiRoutes.flatMap(({ body }) => (body ? [[body, 'input'] as const] : []));
  const answers = apiRoutes.flatMap(({ answer }) => (answer ? [[answer, 'output'] as const] : []));
  return [...bodies, ...answers, ['Problem', 'output']];
}

function jsonSchema(name: SchemaName, io: 'input' | 'output'): Json {
  const {
    $schema: _dialect,
    $defs: _recursion,
    ...schema
  } = z.toJSONSchema(apiSchemas[name], {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: made }) => {
      // Any JSON at all: what zod makes of it refers to itself, which a part of a larger document cannot.
      if (zodSchema instanceof z.ZodRecord && zodSchema.valueType instanceof z.ZodLazy) made.additionalProperties = {};
    },
  });
  return schema;
}

/** The JSON Schema of a body or query, for people. */
export function schemaText(name: SchemaName, io: 'input' | 'output'): string {
  return JSON.stringify(jsonSchema(name, io), null, 2);
}
