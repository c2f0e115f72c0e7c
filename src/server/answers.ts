import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemMediaType } from '../api/problem.ts';
import { datasetHeader, formatDataset, serverHeader } from '../api/sync.ts';
import type { DtmError } from '../core/errors.ts';
import type { ServerContext } from './context.ts';
import { discardBody } from './discardBody.ts';
import { toProblem, toTellable } from './problems.ts';
import type { Store } from './store/store.ts';

/** Names the data behind an answer. */
export function identityHeaders({ identity }: Pick<Store, 'identity'>): Readonly<Record<string, string>> {
  const { serverId, datasetId, epoch } = identity;
  return { [serverHeader]: serverId, [datasetHeader]: formatDataset(datasetId, epoch) };
}

/** What every answer carries: whose data it is about, the request's id, and how long it took. */
export function addCommonHeaders(app: FastifyInstance, { store }: Pick<ServerContext, 'store'>): void {
  const identity = identityHeaders(store);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...identity, 'x-request-id': request.id });
    reply.header('cache-control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    request.log.debug({ method: request.method, route, status: reply.statusCode, ms: reply.elapsedTime }, 'request');
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('server-timing', `total;dur=${reply.elapsedTime.toFixed(1)}`);
  });
}

const retryAfterS = 2;

function retryAfter({ details }: DtmError): number {
  return typeof details.retry_after_s === 'number' ? details.retry_after_s : retryAfterS;
}

/** Turns every failure into a problem; what is not the caller's fault is logged with its cause. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) => {
    const tellable = toTellable(error);
    const problem = toProblem(tellable);
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed');
    const instance = request.url.split('?', 1)[0];
    await discardBody(request.raw);
    if (problem.status === 503 || problem.status === 429) reply.header('retry-after', retryAfter(tellable));
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="DTM"');
    reply.code(problem.status).type(problemMediaType);
    return reply.send(JSON.stringify({ ...problem, instance, request_id: request.id }));
  });
}
