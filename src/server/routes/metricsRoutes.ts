import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DtmError } from '../../core/errors.ts';
import type { ServerContext } from '../context.ts';
import { isLoopback, type ServerSettings } from '../settings.ts';

/** `GET /metrics` in the text format of Prometheus; measures every request of this server. */
export function metricsRoutes(app: FastifyInstance, context: ServerContext): void {
  const { metrics } = context;
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const labels = { method: request.method, route, status: reply.statusCode };
    metrics.requests.inc(labels);
    metrics.requestDuration.observe(labels, reply.elapsedTime / 1_000);
  });
  app.get('/metrics', { config: { access: 'public' } }, async (request, reply) => {
    if (!mayRead(context.settings, request)) throw notAllowed();
    const counted = await context.store.read(async (tx) => [await tx.feed.head(), await tx.countSessions()] as const);
    metrics.changes.set(counted[0]);
    metrics.sessions.set(counted[1]);
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

/** Behind a proxy every peer looks local, so there only the token counts. */
function mayRead({ trustProxy, metricsToken }: ServerSettings, request: FastifyRequest): boolean {
  if (!trustProxy && isLoopback(request.socket.remoteAddress ?? '')) return true;
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return metricsToken !== undefined && given !== undefined && timingSafeEqual(digest(given), digest(metricsToken));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function notAllowed(): DtmError {
  return new DtmError('forbidden', 'the metrics are for this machine, or for who has their token', {
    hint: 'Set DTM_METRICS_TOKEN on the server and send it as a bearer token.',
  });
}
