import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route, as `GET /api/v1/tasks/{id}`; without the HEAD that comes with each GET. */
    routeList: readonly string[];
  }
}

/** Notes down the routes that are added from now on, so that they can be compared with what is described. */
export function listRoutes(app: FastifyInstance): void {
  const list: string[] = [];
  app.decorate('routeList', list);
  app.addHook('onRoute', ({ method, url }) => {
    const path = url.replace(/:(\w+)/g, '{$1}');
    for (const each of [method].flat()) if (each !== 'HEAD') list.push(`${each} ${path}`);
  });
}
