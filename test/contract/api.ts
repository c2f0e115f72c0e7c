import type { DtmServer } from '../support/dtmServer.ts';
import { nextOrigin } from '../support/testStore.ts';
import { noteAnswer } from './seenAnswers.ts';

/** Whatever our API answers, with the fields that tests look at. */
export type Body = {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly status: string | number;
  readonly detail: string;
  readonly hint: string;
  readonly type: string;
  readonly errors: readonly { readonly path: string; readonly code: string; readonly message: string }[];
  readonly items: readonly Body[];
  readonly total: number | null;
  readonly next_cursor: string | null;
  readonly results: readonly Body[];
  readonly op_id: string;
  readonly outcome: string;
  readonly entity: Body | null;
  readonly current: Body | null;
  readonly problem: Body;
  readonly fields: readonly string[];
  readonly changes: readonly Body[];
  readonly next: string;
  readonly has_more: boolean;
  readonly seq: number;
  readonly kind: string;
  readonly data: Body | null;
  readonly access_token: string;
  readonly refresh_token: string;
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; an empty object where there is no body. */
  readonly body: Body;
  readonly text: string;
};

export type CallOptions = {
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Calls the API by plain HTTP. */
export class Api {
  readonly origin: string;
  readonly #token: string | undefined;

  constructor(origin: string, token?: string) {
    this.origin = origin;
    this.#token = token;
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
      ...options.headers,
    };
    const origin = path.endsWith('/auth/bootstrap') ? this.origin : nextOrigin(this.origin);
    const response = await fetch(origin + path, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    noteAnswer(method, path, response.status, text);
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const parsed = (isJson && text !== '' ? JSON.parse(text) : {}) as Body;
    return { status: response.status, headers: response.headers, body: parsed, text };
  }

  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.call('GET', path, headers ? { headers } : {});
  }

  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.call('POST', path, { body, ...(headers ? { headers } : {}) });
  }

  patch(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.call('PATCH', path, { body, ...(headers ? { headers } : {}) });
  }

  delete(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.call('DELETE', path, headers ? { headers } : {});
  }

  /** Like {@link call}, but fails unless the answer is a success; for what a test takes for granted. */
  async must(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.call(method, path, body === undefined ? {} : { body });
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }

  make(collection: string, body: object): Promise<Body> {
    return this.must('POST', `/api/v1/${collection}`, body);
  }
}

/** Signs in as the administrator. */
export async function signIn(server: DtmServer): Promise<Api> {
  return new Api(server.origin, await server.login());
}

/** Inside a `describe`: an API signed in to the server of that suite. */
export function useApi(server: () => DtmServer): () => Api {
  let api: Api | undefined;
  before(async () => {
    api = await signIn(server());
  });
  return () => {
    if (!api) throw new Error('The API can be used only while the tests of its suite run');
    return api;
  };
}
