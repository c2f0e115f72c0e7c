import { problemStatus } from './problem.ts';
import type { ApiRoute } from './routes.ts';

type Json = Record<string, unknown>;

const descriptions = {
  'X-Request-Id': "The request's id: the caller's own if it was sane.",
  'DTM-Server': 'Which server answers.',
  'DTM-Dataset': 'Which data it answers about: `<id>;epoch=<n>`. Another epoch means that a backup was restored.',
  'Server-Timing': 'How long the answer took.',
  ETag: 'The version, for If-Match and If-None-Match.',
  Location: 'Where the new thing is.',
  'Idempotency-Replayed': 'true: the answer to an earlier request with the same Idempotency-Key.',
  'Retry-After': 'After how many seconds to try again.',
  'WWW-Authenticate': 'How to sign in.',
} as const;
export type AnswerHeader = keyof typeof descriptions;

const common = ['X-Request-Id', 'DTM-Server', 'DTM-Dataset', 'Server-Timing'] as const;

/** Whether a request carries out something for who is signed in: such a route takes `Idempotency-Key`. */
export function isWrite({ access, method }: ApiRoute): boolean {
  return access !== 'public' && method !== 'get';
}

/** The headers of requests that a route takes notice of. */
export function requestHeaders(route: ApiRoute): readonly string[] {
  return [...(route.headers ?? []), ...(isWrite(route) ? ['Idempotency-Key'] : [])];
}

/** The headers of a success of a route. */
export function successHeaders(route: ApiRoute): Json {
  return references([
    ...common,
    ...(route.answerHeaders ?? []),
    ...(isWrite(route) && !route.isShownOnce ? (['Idempotency-Replayed'] as const) : []),
  ]);
}

/** The headers of a refusal. */
export function problemHeaders(status: number): Json {
  const late: readonly number[] = [problemStatus['rate-limited'], problemStatus.unavailable];
  return references([
    ...common,
    ...(late.includes(status) ? (['Retry-After'] as const) : []),
    ...(status === problemStatus.unauthenticated ? (['WWW-Authenticate'] as const) : []),
  ]);
}

function references(names: readonly AnswerHeader[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** What the headers mean, for `components`. */
export function headerComponents(): Json {
  const entries = Object.entries(descriptions).map(([name, description]) => {
    return [name, { description, schema: { type: 'string' } }] as const;
  });
  return Object.fromEntries(entries);
}
