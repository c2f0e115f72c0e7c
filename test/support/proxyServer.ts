import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ProxyServerOptions {
  /** `name:password` that it asks for. */
  readonly credentials?: string;
  /** Where it connects to, whatever host is asked for: stands for the names that only the proxy can resolve. */
  readonly target: number;
}

/** A real HTTP proxy on the loopback interface: forwards requests, and opens tunnels. */
export class ProxyServer {
  readonly url: string;
  /** What was asked of it: `GET http://…` or `CONNECT host:port`. */
  readonly asked: string[] = [];
  /** The headers of forwarded requests. */
  readonly forwarded: IncomingMessage['headers'][] = [];
  readonly #server: Server;
  readonly #options: ProxyServerOptions;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, options: ProxyServerOptions) {
    this.#server = server;
    this.#options = options;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (incoming, response) => this.#forward(incoming, response));
    server.on('connect', (incoming, socket, head) => this.#tunnel(incoming, socket as Socket, head));
  }

  static async start(options: ProxyServerOptions): Promise<ProxyServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ProxyServer(server, options);
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    this.asked.push(`${incoming.method} ${incoming.url}`);
    this.forwarded.push(incoming.headers);
    if (!this.#isAllowed(incoming)) return void response.writeHead(407).end();
    const url = new URL(incoming.url ?? '');
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const path = url.pathname + url.search;
    const onward = request({ port: this.#options.target, host: '127.0.0.1', method: incoming.method, path, headers });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    incoming.pipe(onward);
  }

  #tunnel(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
    this.asked.push(`CONNECT ${incoming.url}`);
    if (!this.#isAllowed(incoming)) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const onward = connect(this.#options.target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const one of [socket, onward]) {
      this.#sockets.add(one);
      one.on('error', () => undefined);
    }
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    const { credentials } = this.#options;
    const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    return expected === undefined || headers['proxy-authorization'] === expected;
  }
}
