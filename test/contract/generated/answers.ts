import assert from 'node:assert/strict';
import { openApiDocument } from '../../../src/api/openapi.ts';
import { isProblemSlug, problemBody, problemStatus } from '../../../src/api/problem.ts';
import type { ApiRoute } from '../../../src/api/routes.ts';
import { apiSchemas, type SchemaName } from '../../../src/api/schemas.ts';
import { changeBody, parseDataset } from '../../../src/api/sync.ts';
import { repositoryRoot } from '../../support/paths.ts';
import { routeOf } from '../routeOf.ts';
import { described, type Exchange } from './sender.ts';

type Responses = Readonly<Record<string, unknown>>;
const { paths } = openApiDocument('0') as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses }>>>>;
};

/** What any address may answer: a request that cannot be read, one that is not allowed, one that is not understood. */
const general = [400, 401, 403, 404, 405, 413, 415, 422, 429];

/** Traces of the inside: stacks, files, SQL, words of the drivers. */
const inside = [
  /\n\s+at |node_modules|node:internal|\.ts:\d|file:\/\/\//,
  /\b(select|insert into|delete from|update) "|SQLITE_|sqlite3?_|\bkysely\b|constraint failed|violates \w+ constraint/i,
  /syntax error at|relation "|invalid input syntax|invalid byte sequence|ECONN|ERR_[A-Z]+|FST_[A-Z]+/,
  new RegExp(`/dtm-server-|/tmp/dtm|${repositoryRoot.replaceAll('/', '\\/')}`),
];

/**
 * Checks everything that has to be true of any answer.
 * @param secrets tokens and passwords that no answer may show again
 * @returns what is not, with the request and the answer
 */
export function whatIsWrong(exchange: Exchange, secrets: Iterable<string>): string | undefined {
  const route = routeOf(exchange.method, exchange.address);
  try {
    assertStatus(exchange, route);
    assertCommonHeaders(exchange);
    if (exchange.status >= 400) assertProblem(exchange);
    else if (route) assertSuccess(exchange, route);
    assertNothingInside(exchange, route, secrets);
    return undefined;
  } catch (error) {
    return `${(error as Error).message}\n${described(exchange)}`;
  }
}

function assertStatus({ method, status, answerHeaders }: Exchange, route: ApiRoute | undefined): void {
  const declared = route ? Object.keys(paths[route.path]?.[route.method]?.responses ?? {}).map(Number) : [];
  assert.ok([...declared, ...general].includes(status) && status < 500, `${status} is not declared`);
  if (status !== 405) return;
  const allowed = (answerHeaders.allow ?? '').split(', ');
  assert.ok(allowed.length > 0 && !allowed.includes(method), `405, though Allow says ${answerHeaders.allow}`);
}

function assertCommonHeaders({ headers, answerHeaders }: Exchange): void {
  const sent = headers['x-request-id'];
  if (sent !== undefined && /^[\w.:-]{1,100}$/.test(sent)) assert.equal(answerHeaders['x-request-id'], sent);
  else assert.match(answerHeaders['x-request-id'] ?? 'no X-Request-Id', /^[0-9A-Z]{26}$/);
  assert.match(answerHeaders['dtm-server'] ?? 'no DTM-Server', /^[0-9a-f-]{36}$/);
  assert.ok(parseDataset(answerHeaders['dtm-dataset'] ?? ''), 'no DTM-Dataset');
  assert.match(answerHeaders['server-timing'] ?? 'no Server-Timing', /^total;dur=\d/);
}

function assertProblem({ method, address, status, answerHeaders, text }: Exchange): void {
  assert.match(answerHeaders['content-type'] ?? 'no Content-Type', /^application\/problem\+json/);
  if (method === 'HEAD') {
    assert.equal(text, '');
    return;
  }
  assert.equal(answerHeaders['www-authenticate'] !== undefined, status === 401, 'WWW-Authenticate belongs to 401');
  assert.equal(answerHeaders['retry-after'] !== undefined, status === 429, 'Retry-After belongs to 429');
  const problem = problemBody.parse(JSON.parse(text));
  const slug = problem.type.replace('/problems/', '');
  assert.ok(isProblemSlug(slug), `unknown problem ${problem.type}`);
  assert.equal(problemStatus[slug], status);
  assert.equal(problem.status, status);
  assert.equal(problem.request_id, answerHeaders['x-request-id']);
  assert.equal(problem.instance, address.split('?', 1)[0]);
  assert.ok(problem.detail.length > 10 && (problem.hint ?? '').length > 5, 'says too little');
}

function assertSuccess({ method, status, answerHeaders, text }: Exchange, route: ApiRoute): void {
  const { media = 'application/json', answer } = route;
  const isBare = status === 304 || method === 'HEAD' || route.status === 204;
  assert.ok(status === 304 || status === route.status, `${status} is not the success of the route`);
  assert.equal(text === '', isBare);
  for (const name of route.answerHeaders ?? []) assert.ok(answerHeaders[name.toLowerCase()], `no ${name}`);
  if (isBare) return;
  assert.ok(answerHeaders['content-type']?.startsWith(media), `the media type is not ${media}`);
  if (media === 'text/event-stream') assertEvents(text);
  else if (answer) assertSchema(answer, JSON.parse(text));
}

function assertSchema(name: SchemaName, body: unknown): void {
  assert.deepEqual(apiSchemas[name].parse(body), body, 'the answer has more than its schema says');
}

function assertEvents(text: string): void {
  assert.ok(text.startsWith(': connected\n\n'), text);
  const complete = text.slice(0, text.lastIndexOf('\n\n'));
  for (const [, data = ''] of complete.matchAll(/^data: (.*)$/gm)) changeBody.parse(JSON.parse(data));
}

/** The answers that hold a secret on purpose. */
const shown = new Set(['Tokens', 'MadeAccessToken', 'BootstrapAnswer']);

function assertNothingInside(
  { status, answerHeaders, text }: Exchange,
  route: ApiRoute | undefined,
  secrets: Iterable<string>,
): void {
  const all = `${JSON.stringify(answerHeaders)}\n${text}`;
  // The description of the API has examples of none of this, but long patterns.
  for (const pattern of inside) assert.doesNotMatch(all, pattern);
  if (status < 300 && shown.has(route?.answer ?? '')) return;
  for (const secret of secrets) assert.ok(!all.includes(secret), 'shows a token or a password');
}
