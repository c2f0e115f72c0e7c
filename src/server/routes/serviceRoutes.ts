import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import type { HealthAnswer } from '../../api/service.ts';
import type { ServerContext } from '../context.ts';

const open = { config: { access: 'public' } } as const;

/** `GET /` and the probes: who answers, and whether it is well. No token needed. */
export function serviceRoutes(app: FastifyInstance, context: ServerContext): void {
  const started = performance.now();
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  app.addHook('onClose', async () => void delay.disable());

  app.get('/', open, async () => ({
    name: 'DTM API',
    version: context.version,
    flavour: 'dtm',
    api: ['v1'],
    docs: '/docs',
    health: '/health',
    time: context.now(),
  }));
  const health = async () => {
    const lagMs = delay.percentile(99) / 1e6;
    delay.reset();
    return healthOf(context, (performance.now() - started) / 1_000, Number.isFinite(lagMs) ? lagMs : 0);
  };
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
  const status = database.status !== 'healthy' ? 'unhealthy' : lagMs > laggingMs ? 'degraded' : 'healthy';
  return {
    status,
    version: context.version,
    uptime_s: Math.round(uptimeS * 10) / 10,
    checks: { database, event_loop: { lag_ms: Math.round(lagMs * 10) / 10 } },
  };
}

async function databaseHealth({ store }: ServerContext): Promise<HealthAnswer['checks']['database']> {
  const started = performance.now();
  try {
    await store.ping();
    const latency = Math.round((performance.now() - started) * 100) / 100;
    return { status: 'healthy', latency_ms: latency, engine: store.engine };
  } catch {
    return { status: 'unhealthy', latency_ms: null, engine: store.engine };
  }
}
