import { routeName, routeOf } from './routeOf.ts';

/** One kind of answer: the route (`GET /health`, or `none`), the status, and the problem if it is one. */
export interface SeenAnswer {
  readonly route: string;
  readonly status: number;
  readonly slug: string | undefined;
}

const seen = new Map<string, SeenAnswer>();

/**
 * Notes down what the server answered, for the proof at the end of the suite that nothing was left out.
 * @param text the body, from which the problem is read
 */
export function noteAnswer(method: string, address: string, status: number, text = ''): void {
  // Without its body a problem cannot be told.
  if (method === 'HEAD') return;
  const route = routeOf(method, address);
  const slug = status >= 400 ? /"type":"\/problems\/([\w-]+)"/.exec(text)?.[1] : undefined;
  const answer = { route: route ? routeName(route) : 'none', status, slug };
  seen.set(JSON.stringify(answer), answer);
}

export function seenAnswers(): readonly SeenAnswer[] {
  return [...seen.values()];
}
