import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { DtmError } from '../../core/errors.ts';
import { sessionOf } from '../access.ts';
import type { ServerContext } from '../context.ts';
import type { StoredAnswer } from '../store/answerTable.ts';
import type { JoinedStore } from './joinedStore.ts';

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);
/** The headers that belong to an answer rather than to one sending of it. */
const keptHeaders = ['etag', 'location'] as const;

type Needs = Pick<ServerContext, 'store' | 'now'>;

/**
 * `Idempotency-Key` on every route that writes: the route's whole work and its answer are one transaction, so that a
 * repeat finds either both or neither, also after the process died before it could answer. Only a success is kept: a
 * refusal has changed nothing, and may be asked for again.
 */
export function replayAnswers(app: FastifyInstance, context: Needs, joined: JoinedStore): void {
  app.addHook('onRoute', (route) => {
    if (!isWrite(route)) return;
    const { handler } = route;
    route.handler = async function (request, reply) {
      const key = keyOf(request);
      const run = async (): Promise<unknown> => handler.call(this, request, reply);
      return key === undefined ? run() : answerOnce(context, joined, key, request, reply, run);
    };
  });
}

function isWrite({ method, config }: RouteOptions): boolean {
  return config?.access !== 'public' && [method].flat().some((name) => !reads.has(name.toUpperCase()));
}

function keyOf(request: FastifyRequest): string | undefined {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return undefined;
  if (typeof given === 'string' && /^[\x21-\x7e]{1,200}$/.test(given)) return given;
  throw new DtmError('validation', 'the Idempotency-Key is not valid', {
    fields: [{ path: 'Idempotency-Key', code: 'invalid', message: 'must be 1 to 200 visible ASCII characters' }],
    hint: 'Send a new random text, such as a UUID, with each new request.',
  });
}

async function answerOnce(
  context: Needs,
  joined: JoinedStore,
  key: string,
  request: FastifyRequest,
  reply: FastifyReply,
  run: () => Promise<unknown>,
): Promise<FastifyReply> {
  const account = sessionOf(request).user.id;
  const fingerprint = fingerprintOf(request);
  const { answer, isReplayed } = await context.store.write(async (tx) => {
    const known = await tx.answers.find(account, key);
    if (known) return { answer: known, isReplayed: true };
    const body = await withoutSending(reply, () => joined.within(tx, run));
    const made = { fingerprint, ...toAnswer(reply, body) };
    await tx.answers.add(account, key, isShownOnce(request) ? { ...made, body: null } : made, context.now());
    return { answer: made, isReplayed: false };
  });
  if (answer.fingerprint !== fingerprint) throw mismatch();
  if (isReplayed && isShownOnce(request)) throw shownBefore();
  if (isReplayed) reply.header('idempotency-replayed', 'true');
  reply.code(answer.status).headers(answer.headers);
  return answer.body === null ? reply.send() : reply.type('application/json; charset=utf-8').send(answer.body);
}

/** What makes a request the same: where it goes and what it says. */
function fingerprintOf({ method, url, headers, body }: FastifyRequest): string {
  const parts = [method, url, headers['if-match'] ?? null, body ?? null];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** A route that sent its answer by itself would do so before it is certain. */
async function withoutSending<T>(reply: FastifyReply, run: () => Promise<T>): Promise<T> {
  const { send } = reply;
  reply.send = () => {
    throw new Error('a route that writes returns its answer instead of sending it');
  };
  try {
    return await run();
  } finally {
    reply.send = send;
  }
}

function toAnswer(reply: FastifyReply, body: unknown): Omit<StoredAnswer, 'fingerprint'> {
  const headers = keptHeaders.flatMap((name) => {
    const value = reply.getHeader(name);
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  const text = body === undefined || body === reply ? null : JSON.stringify(body);
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body: text };
}

function isShownOnce(request: FastifyRequest): boolean {
  return request.routeOptions.config.isShownOnce === true;
}

function shownBefore(): DtmError {
  return new DtmError('already-exists', 'this was made with the same key before, and its secret is shown only once', {
    hint: 'If the answer was lost, revoke what was made and make another with a new key.',
  });
}

function mismatch(): DtmError {
  return new DtmError('idempotency-mismatch', 'this Idempotency-Key was used for another request', {
    hint: 'Repeat a request exactly as it was, or choose a new key for a new one.',
    fields: [{ path: 'Idempotency-Key', code: 'reused', message: 'was used for another request' }],
  });
}
