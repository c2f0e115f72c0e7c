import type { FastifyInstance } from 'fastify';
import { DtmError } from '../core/errors.ts';

/** Answers what no route serves: 405 with `Allow` where the path is known for other methods, else 404. */
export function refuseUnknownRoutes(app: FastifyInstance): void {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', (route) => {
    const known = methods.get(route.url) ?? new Set();
    for (const method of [route.method].flat()) known.add(method);
    methods.set(route.url, known);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = [...methods].filter(([pattern]) => matches(pattern, path)).flatMap(([, known]) => [...known]);
    // Where the method is right, it is the address that the router does not take: an id that is too long.
    if (allowed.length === 0 || allowed.includes(request.method)) {
      throw new DtmError('not-found', 'there is no such address here', { hint: 'GET / tells what this server is.' });
    }
    const list = [...new Set(allowed)].sort().join(', ');
    reply.header('allow', list);
    throw new DtmError('method-not-allowed', `${request.method} is not possible here`, { hint: `Use ${list}.` });
  });
}

function matches(pattern: string, path: string): boolean {
  const expected = segments(pattern);
  const actual = segments(path);
  if (expected.length !== actual.length) return false;
  return expected.every((segment, index) => segment.startsWith(':') || segment === actual[index]);
}

/** One slash at the end makes no difference, as for the router; any other empty segment does. */
function segments(path: string): string[] {
  return path.replace(/(?<=.)\/$/, '').split('/');
}
