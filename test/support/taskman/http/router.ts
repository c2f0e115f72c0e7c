import { type Answer, HttpError } from './answer.ts';
import type { Incoming, Route } from './call.ts';

export type Found = { readonly route: Route; readonly params: Readonly<Record<string, string>> };

/** Starlette's router: the first route whose path and method fit, else the first whose path fits says 405. */
export class Router {
  readonly routes: readonly Route[];
  readonly #patterns: readonly RegExp[];

  constructor(routes: readonly Route[]) {
    this.routes = routes;
    this.#patterns = routes.map(({ path }) => new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`));
  }

  /** @throws HttpError 404 or 405 */
  find({ method, path }: Incoming): Found | Answer {
    const fitting = this.#fitting(path);
    const exact = fitting.find(({ route }) => route.method === method || (route.takesHead && method === 'HEAD'));
    if (exact) return exact;
    const [first] = fitting;
    if (first) throw new HttpError(405, 'Method Not Allowed', { allow: first.route.method });
    throw new HttpError(404, 'Not Found');
  }

  /** Where a path without (or with) its last slash would be answered. */
  redirect({ path, url }: Incoming): Answer | undefined {
    const other = path.endsWith('/') ? path.replace(/\/+$/, '') : `${path}/`;
    if (path === '/' || this.#fitting(path).length > 0 || this.#fitting(other).length === 0) return undefined;
    const location = new URL(url);
    location.pathname = other;
    return { status: 307, headers: { location: location.href } };
  }

  #fitting(path: string): Found[] {
    return this.routes.flatMap((route, index) => {
      const match = this.#patterns[index]?.exec(path);
      return match ? [{ route, params: { ...match.groups } }] : [];
    });
  }
}
