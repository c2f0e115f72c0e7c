import { type Answer, Crash, ok } from '../http/answer.ts';
import type { Route } from '../http/call.ts';

/** Routes whose dependencies use a name that is not defined: every call fails, whatever is sent. */
export function brokenRoutes(): Route[] {
  const qse = '/api/v1/qse';
  return [
    route('POST', '/api/v1/agent/chat'),
    route('GET', `${qse}/gates`),
    route('POST', `${qse}/gates`),
    route('POST', `${qse}/evaluate`),
    route('GET', `${qse}/evaluations/{id}`),
    route('GET', `${qse}/evaluations`),
    route('POST', `${qse}/evidence`),
    route('GET', `${qse}/evidence/{id}`),
    route('GET', `${qse}/evidence`),
    route('GET', '/api/v1/context/{identifier}'),
    route('GET', '/api/v1/context/tree'),
  ];
}

function route(method: string, path: string): Route {
  return { method, path, parsesBody: method === 'POST', handle: notDefined };
}

function notDefined(): Answer {
  throw new Crash("name 'CF_CORE_AVAILABLE' is not defined");
}

export function diagnosticRoutes(): Route[] {
  const body = { status: 'dependencies_ok', message: 'ProjectRepo imports successfully' };
  return [{ method: 'GET', path: '/api/v1/diagnostic/debug/error-test', handle: () => ok(body) }];
}
