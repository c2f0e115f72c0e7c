import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Certificate } from '../support/certificates.ts';

/** A request that has arrived at the gateway, and what can be done with it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly response: ServerResponse;
  /** Takes bytes as they are. */
  readonly socket: Socket;
  /** Ends the connection with a TCP reset. */
  reset(): void;
  /** Has the server do it, and reads its whole answer. */
  forward(): Promise<ServerAnswer>;
  /** Has the server do it, and passes on what it answers. */
  pass(): Promise<void>;
}

export interface ServerAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What happens to the requests that are meant: instead of an answer, or to it. */
export type Fault = (call: Call) => unknown;

/** Stands before a real server, over TCP or TLS, passes everything, and mistreats what it is told to. */
export class FaultGateway {
  readonly origin: string;
  /** `METHOD path` of what arrived, but for questions whether anybody is there. */
  readonly seen: string[] = [];
  /** What happens to which paths. */
  fault: { readonly paths: RegExp; readonly apply: Fault } | undefined;
  onRequest: () => void = () => undefined;
  readonly #server: Server;
  readonly #target: URL;
  /** Below TLS, where there is any; by the client's port. */
  readonly #sockets = new Map<number | undefined, Socket>();

  private constructor(server: Server, target: string, scheme: string) {
    this.#server = server;
    this.#target = new URL(target);
    server.on('connection', (socket: Socket) => {
      this.#sockets.set(socket.remotePort, socket);
      socket.on('error', () => undefined);
    });
    this.origin = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(target: string, certificate?: Certificate): Promise<FaultGateway> {
    const listener = (request: IncomingMessage, response: ServerResponse) => self.#take(request, response);
    const server = certificate ? createTlsServer(certificate, listener) : createServer(listener);
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const self = new FaultGateway(server, target, certificate ? 'https' : 'http');
    return self;
  }

  count(paths: RegExp): number {
    return this.seen.filter((line) => paths.test(line.split(' ')[1] ?? '')).length;
  }

  /** Waits until nobody is connected any more. @returns false if somebody still is after that many milliseconds */
  async isDeserted(ms: number): Promise<boolean> {
    const giveUp = performance.now() + ms;
    for (;;) {
      const open = await new Promise<number>((resolve) => this.#server.getConnections((_, count) => resolve(count)));
      if (open === 0) return true;
      if (performance.now() > giveUp) return false;
      await nextTurn();
    }
  }

  async stop(): Promise<void> {
    this.#server.close();
    (this.#server as ReturnType<typeof createServer>).closeAllConnections();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [method, path] = [request.method ?? '', request.url ?? ''];
    const body = await readAll(request).catch(() => undefined);
    if (body === undefined) return;
    if (path !== '/') {
      this.seen.push(`${method} ${path}`);
      this.onRequest();
    }
    const { fault } = this;
    if (!fault?.paths.test(path)) return this.#pass(request, response, body);
    const forward = () => this.#forward(request, body).then(readAnswer);
    const pass = () => this.#pass(request, response, body);
    const { socket } = request;
    const reset = () => void (this.#sockets.get(socket.remotePort) ?? socket).resetAndDestroy();
    await fault.apply({ method, path, response, socket, reset, forward, pass });
  }

  async #pass(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const answer = await this.#forward(request, body).catch(() => undefined);
    if (!answer) return void response.destroy();
    if (response.destroyed) return void answer.destroy();
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
    response.on('close', () => answer.destroy());
  }

  #forward(request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { hostname, port, host } = this.#target;
    const { method, url: path } = request;
    const headers = { ...request.headers, host, connection: 'close' };
    const onward = httpRequest({ hostname, port, method, path, headers, agent: false });
    onward.end(body);
    return new Promise((resolve, reject) => onward.on('response', resolve).on('error', reject));
  }
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function readAnswer(answer: IncomingMessage): Promise<ServerAnswer> {
  const { statusCode: status = 0, headers } = answer;
  // A stream of events never ends: its head is all that is wanted.
  if (/event-stream/.test(headers['content-type'] ?? '')) answer.destroy();
  const body = await readAll(answer).catch(() => Buffer.alloc(0));
  return { status, headers, body };
}
