import { type ApiRoute, apiRoutes } from '../../src/api/routes.ts';

const patterns = apiRoutes.map((route) => {
  const source = route.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+');
  return { route, pattern: new RegExp(`^${source}/?$`) };
});

/** The route of the table that serves a request, if there is one; HEAD is a GET without its body. */
export function routeOf(method: string, address: string): ApiRoute | undefined {
  const path = address.split('?', 1)[0] ?? '';
  const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
  const found = patterns.filter(({ route, pattern }) => route.method === wanted && pattern.test(path));
  return found.find(({ route }) => !route.path.includes('{'))?.route ?? found[0]?.route;
}

/** `GET /api/v1/tasks/{id}`. */
export function routeName({ method, path }: ApiRoute): string {
  return `${method.toUpperCase()} ${path}`;
}
