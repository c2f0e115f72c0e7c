import type { Answer } from './answer.ts';
import type { Incoming } from './call.ts';

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

/** Starlette's CORS middleware with every origin, method and header allowed, and credentials. */
export function preflight({ method, headers }: Incoming): Answer | undefined {
  const wanted = headers['access-control-request-method'];
  if (method !== 'OPTIONS' || headers.origin === undefined || wanted === undefined) return undefined;
  const asked = headers['access-control-request-headers'];
  const isAllowed = methods.includes(wanted);
  return {
    status: isAllowed ? 200 : 400,
    text: isAllowed ? 'OK' : 'Disallowed CORS method',
    headers: {
      vary: 'Origin',
      'access-control-allow-methods': methods.join(', '),
      'access-control-max-age': '600',
      'access-control-allow-credentials': 'true',
      'access-control-allow-origin': headers.origin,
      ...(asked !== undefined && { 'access-control-allow-headers': asked }),
    },
  };
}

/** The headers of an answer to a simple request from a page. */
export function corsHeaders({ headers }: Incoming): Record<string, string> {
  if (headers.origin === undefined) return {};
  const credentials = { 'access-control-allow-credentials': 'true' };
  if (headers.cookie === undefined) return { 'access-control-allow-origin': '*', ...credentials };
  return { 'access-control-allow-origin': headers.origin, vary: 'Origin', ...credentials };
}
