import type { App } from '../app.ts';
import type { Value } from '../python/value.ts';
import type { Checked, Model } from '../schemas/model.ts';
import type { Answer } from './answer.ts';

/** A request on its way through the application. */
export type Incoming = {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Scheme, host, path and query as the client wrote them. */
  readonly url: string;
  readonly peer: string;
};

/** A request that fits its route. */
export type Call = {
  readonly app: App;
  readonly request: Incoming;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, Value>>;
  readonly body: Checked;
};

export type Route = {
  readonly method: string;
  readonly path: string;
  readonly query?: Model;
  readonly body?: Model;
  /** Whether HEAD is answered, too (the documentation pages only). */
  readonly takesHead?: boolean;
  readonly handle: (call: Call) => Answer;
};
