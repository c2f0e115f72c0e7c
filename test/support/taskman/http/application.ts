import type { App } from '../app.ts';
import { type Answer, Crash, crashAnswer, HttpError } from './answer.ts';
import type { Incoming, Route } from './call.ts';
import { checkRequest } from './checkRequest.ts';
import { corsHeaders, preflight } from './cors.ts';
import { ProblemError } from './problemError.ts';
import { Router } from './router.ts';

/** The FastAPI application: middleware, routing, validation, and what it makes of exceptions. */
export class Application {
  readonly router: Router;
  /** Exceptions that are not the back end's but the emulator's own. */
  readonly bugs: Error[] = [];
  readonly #app: App;

  constructor(app: App, routes: readonly Route[]) {
    this.#app = app;
    this.router = new Router(routes);
  }

  answer(request: Incoming): Answer {
    const answer = preflight(request) ?? this.#route(request);
    return answer.isCrash ? answer : { ...answer, headers: { ...corsHeaders(request), ...answer.headers } };
  }

  #route(request: Incoming): Answer {
    try {
      const redirect = this.router.redirect(request);
      if (redirect) return redirect;
      const found = this.router.find(request);
      if (!('route' in found)) return found;
      const { query, body } = checkRequest(found.route, request);
      return found.route.handle({ app: this.#app, request, params: found.params, query, body });
    } catch (error) {
      return this.#exception(error, request);
    }
  }

  #exception(error: unknown, request: Incoming): Answer {
    if (error instanceof HttpError) return error.answer;
    if (error instanceof ProblemError) return error.answer(request.url);
    if (!(error instanceof Crash)) this.bugs.push(error instanceof Error ? error : new Error(String(error)));
    return crashAnswer;
  }
}
