import * as z from 'zod';
import { isProblemSlug, type ProblemBody, type ProblemSlug, problemBody } from '../api/problem.ts';
import { DtmError } from '../core/errors.ts';
import type { Problem } from '../core/problem.ts';

/** What arrived, as far as it was understood: `body` is undefined where it was empty or no JSON. */
export interface RawAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly requestId: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

const known: ReadonlySet<string> = new Set([
  'type',
  'title',
  'status',
  'detail',
  'instance',
  'request_id',
  'hint',
  'errors',
]);

const byStatus: Readonly<Record<number, ProblemSlug>> = {
  400: 'bad-request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'conflict',
  410: 'cursor-expired',
  412: 'version-mismatch',
  413: 'too-large',
  415: 'unsupported-media-type',
  422: 'validation',
  429: 'rate-limited',
  500: 'internal',
};

/** The slug that a problem names, or the one that fits the status of a problem we do not know. */
function slugOf(problem: ProblemBody): ProblemSlug {
  return namedSlug(problem) ?? slugOfStatus(problem.status);
}

function namedSlug(problem: ProblemBody): ProblemSlug | undefined {
  const slug = /\/problems\/([a-z-]+)$/.exec(problem.type)?.[1] ?? '';
  return isProblemSlug(slug) ? slug : undefined;
}

/** Whether a server that speaks our language refused whom it was shown: not just anything that answered 401. */
export function isNamedRefusal(error: DtmError): boolean {
  return error.details.status === 401 && error.details.problem === error.code;
}

function slugOfStatus(status: number): ProblemSlug {
  return byStatus[status] ?? (status >= 500 ? 'unavailable' : 'bad-request');
}

/** What happened, without what to do: `detail` says both, in sentences, for those who show nothing else. */
function messageOf({ detail, hint }: ProblemBody): string {
  if (hint === undefined || !detail.endsWith(hint)) return detail;
  const message = detail.slice(0, -hint.length).trim().replace(/\.$/, '');
  return message === '' ? detail : message;
}

/** A problem inside an answer (of one operation of a batch) as facts to store and show. */
export function problemOf(problem: ProblemBody): Problem {
  const facts = { code: slugOf(problem), message: messageOf(problem) };
  return problem.hint === undefined ? facts : { ...facts, hint: problem.hint };
}

/** Turns an answer of status 300 or more into an error; a problem document speaks for itself. */
export function answerError(origin: string, answer: RawAnswer): DtmError {
  const problem = problemBody.safeParse(answer.body);
  if (problem.success) return problemError(answer, problem.data);
  return fastApiError(answer) ?? strangeAnswer(origin, answer);
}

function problemError(answer: RawAnswer, problem: ProblemBody): DtmError {
  const extra = Object.entries(problem).filter(([name]) => !known.has(name));
  return new DtmError(slugOf(problem), messageOf(problem), {
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    fields: problem.errors ?? [],
    retryable: isRetryable(answer.status),
    details: { ...Object.fromEntries(extra), ...factsOf(answer), problem: namedSlug(problem) },
  });
}

/** What FastAPI says of a body or query that does not fit. */
const fastApiDetail = z.object({
  detail: z.array(z.object({ type: z.string(), loc: z.array(z.union([z.string(), z.number()])), msg: z.string() })),
});

/** TaskMan-v2, or a gateway written like it, names the fields in its own way. */
function fastApiError(answer: RawAnswer): DtmError | undefined {
  const parsed = answer.status === 422 ? fastApiDetail.safeParse(answer.body) : undefined;
  if (!parsed?.success) return undefined;
  // The first part of a place says only where in the request: body, query, path.
  const fields = parsed.data.detail.map(({ type, loc, msg }) => ({
    path: loc.slice(1).join('.'),
    code: type,
    message: msg,
  }));
  return new DtmError('validation', fields.map(({ path, message }) => `${path}: ${message}`).join('; '), {
    hint: 'Correct what is named, and try again.',
    fields,
    details: factsOf(answer),
  });
}

/** An error status without a problem document: a proxy, or no DTM server at all. */
function strangeAnswer(origin: string, answer: RawAnswer): DtmError {
  const { status } = answer;
  if (isRetryable(status)) {
    return new DtmError(status === 429 ? 'rate-limited' : 'unavailable', `${origin} answered with status ${status}`, {
      hint: 'The server, or a proxy before it, is not well; what you do meanwhile is kept here and sent later.',
      retryable: true,
      details: factsOf(answer),
    });
  }
  const message =
    status < 400
      ? `${origin} sent the request elsewhere (status ${status}), which is not followed`
      : `${origin} answered with status ${status}, and not as a DTM server does`;
  return new DtmError('bad-answer', message, {
    hint: `Check the address ${origin}: another program, or a sign-in page, may answer there.`,
    details: factsOf(answer),
  });
}

function isRetryable(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

function factsOf(answer: RawAnswer): Record<string, unknown> {
  const retryAfterMs = retryAfterOf(answer.headers);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { status: answer.status, requestId: answer.requestId, ...wait };
}

/** `Retry-After` in milliseconds: seconds, or a date by the server's own clock. */
function retryAfterOf(headers: ReadonlyMap<string, string>): number | undefined {
  const given = headers.get('retry-after') ?? '';
  if (/^\d{1,9}$/.test(given)) return Number(given) * 1_000;
  const ms = Date.parse(given) - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
