import type { App } from '../app.ts';
import { type Answer, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';
import { metricsText } from './metricsText.ts';

const requestsPerWindow = 10;
const windowMs = 60_000;

export function observabilityRoutes(): Route[] {
  return [
    { method: 'GET', path: '/health/telemetry', handle: telemetry },
    { method: 'GET', path: '/metrics', handle: metrics },
  ];
}

function telemetry({ app }: Call): Answer {
  const { isOpen, lastFailure, failureCount } = app.telemetry;
  const [last_failure, failure_count] = [lastFailure, failureCount];
  if (!isOpen) {
    const body = { status: 'healthy', circuit_state: 'closed', otlp_backend: 'reachable', last_success: null };
    return ok({ ...body, last_failure: null, failure_count });
  }
  const body = { status: 'degraded', circuit_state: 'open', otlp_backend: 'unreachable', last_failure, failure_count };
  return { status: 503, body };
}

function metrics({ app, request }: Call): Answer {
  if (!isAllowed(app, request.peer)) return { status: 429, body: { error: 'Rate limit exceeded: 10 per 1 minute' } };
  return {
    status: 200,
    text: metricsText(app.telemetry),
    contentType: 'text/plain; version=0.0.4; charset=utf-8; charset=utf-8',
  };
}

/** A window begins with the first request in it. */
function isAllowed(app: App, peer: string): boolean {
  const now = performance.now();
  const open = app.metricsWindows.get(peer);
  const window = open && now - open.start < windowMs ? open : { start: now, count: 0 };
  window.count += 1;
  app.metricsWindows.set(peer, window);
  return window.count <= requestsPerWindow;
}
