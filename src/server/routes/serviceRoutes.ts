import type { FastifyInstance } from 'fastify';
import type { HealthAnswer } from '../../api/service.ts';
import type { ServerContext } from '../context.ts';
import { EventLoopLag } from '../eventLoopLag.ts';

const open = { config: { access: 'public' } } as const;

/** `GET /` and the probes: who answers, and whether it is well. No token needed. */
export function serviceRoutes(app: FastifyInstance, context: ServerContext): void {
  const started = performance.now();
  const lag = new EventLoopLag();
  app.addHook('onClose', async () => lag.stop());

  app.get('/', open, async () => ({
    name: 'DTM API',
    version: context.version,
    flavour: 'dtm',
    api: ['v1'],
    docs: '/docs',
    health: '/health',
    time: context.now(),
  }));
  const health = () => healthOf(context, (performance.now() - started) / 1_000, lag.ms);
  for (const path of ['/health', '/api/health', '/api/v1/health', '/health/ready', '/healthz']) {
    app.get(path, open, async (_request, reply) => {
      const answer = await health();
      return reply.code(answer.status === 'unhealthy' ? 503 : 200).send(answer);
    });
  }
  app.get('/health/live', open, async () => ({ status: 'healthy' }));
}

const laggingMs = 500;

async function healthOf(context: ServerContext, uptimeS: number, lagMs: number): Promise<HealthAnswer> {
  const database = await databaseHealth(context);
  const isLagging = lagMs > laggingMs;
  const status = database.status === 'healthy' && isLagging ? 'degraded' : database.status;
  return {
    status,
    version: context.version,
    uptime_s: Math.round(uptimeS * 10) / 10,
    checks: { database, event_loop: { lag_ms: Math.round(lagMs * 10) / 10 } },
  };
}

async function databaseHealth({ store }: ServerContext): Promise<HealthAnswer['checks']['database']> {
  const started = performance.now();
  const status = await store.check();
  const latency = Math.round((performance.now() - started) * 100) / 100;
  return { status, latency_ms: status === 'unhealthy' ? null : latency, engine: store.engine };
}
