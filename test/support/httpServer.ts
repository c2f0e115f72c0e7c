import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** A request as a scripted server got it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Script = (request: SeenRequest, response: ServerResponse) => unknown;

/** An HTTP server on the loopback interface that answers as the test says, well or badly. */
export class ScriptedServer {
  readonly seen: SeenRequest[] = [];
  readonly origin: string;
  readonly #server: Server;

  private constructor(server: Server, scheme: string) {
    this.#server = server;
    this.origin = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param tls key and certificate, where it is to speak TLS */
  static async start(script: Script, port = 0, tls?: object): Promise<ScriptedServer> {
    const listener: RequestListener = async (request, response) => {
      const body = await readBody(request).catch(() => undefined);
      if (body === undefined) return;
      const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      self.seen.push(seen);
      await script(seen, response);
    };
    const server = tls ? createTlsServer(tls, listener) : createServer(listener);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const self = new ScriptedServer(server, tls ? 'https' : 'http');
    return self;
  }

  count(path: string): number {
    return this.seen.filter((request) => request.path === path).length;
  }

  /** Resolves when no client is connected any more. */
  async isDeserted(): Promise<void> {
    for (;;) {
      const open = await new Promise<number>((resolve) => this.#server.getConnections((_, count) => resolve(count)));
      if (open === 0) return;
      await setImmediate();
    }
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

export function answerJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(JSON.stringify(body));
}

export function answerProblem(response: ServerResponse, status: number, slug: string, extra: object = {}): void {
  answerJson(response, status, { type: `/problems/${slug}`, title: slug, status, detail: `because ${slug}`, ...extra });
}
