import { type Answer, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';

const version = '0.1.0';

export function serviceRoutes(): Route[] {
  return [
    { method: 'GET', path: '/health', handle: health },
    { method: 'GET', path: '/', handle: () => ok(root) },
    { method: 'GET', path: '/api', handle: () => ok(apiRoot) },
    { method: 'GET', path: '/api/health', handle: () => ok(apiHealth) },
  ];
}

const root = { name: 'TaskMan-v2 Backend API', version, status: 'operational', docs: '/docs', health: '/health' };
const apiRoot = {
  status: 'ok',
  message: 'TaskMan-v2 API compatibility root',
  canonical_base: '/api/v1',
  health: '/api/health',
  docs: '/docs',
};
/** Does not look at the databases. */
const apiHealth = { status: 'ok', canonical: '/health', canonical_base: '/api/v1' };

/** Always 200; chooses the database that requests use from now on. */
function health({ app }: Call): Answer {
  const { primary, fallback, isConnected } = app.checkHealth();
  const states = { primary: 'healthy', fallback: 'degraded', none: 'unhealthy' };
  return ok({
    status: states[app.mode],
    environment: app.environment,
    version,
    database: { mode: app.mode, connected: isConnected, primary, fallback, url: 'localhost:5434/taskman_v2' },
  });
}
