import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What may happen to one request on its way. */
export const requestFaults = ['sent twice', 'answer lost', 'answer torn', 'answered 429', 'answered 5xx'] as const;
export type RequestFault = (typeof requestFaults)[number];

interface Message {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** An HTTP proxy on the loopback interface, in front of a port of it, that misbehaves with single requests. */
export class RequestFaultProxy {
  readonly port: number;
  /** How many requests met each fault. */
  readonly injected = new Map<RequestFault, number>();
  /** Asked for each request. Default: nothing goes wrong. */
  choose: () => RequestFault | 'pass' = () => 'pass';
  readonly #server: Server;
  readonly #target: number;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    server.on('request', (incoming, response) => {
      // Whoever asked may be gone, or the server may be: then there is nobody to answer, or nothing.
      this.#serve(incoming, response).catch(() => response.destroy());
    });
  }

  static async start(targetPort: number): Promise<RequestFaultProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RequestFaultProxy(server, targetPort);
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await once(this.#server, 'close');
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const fault = this.choose();
    if (fault !== 'pass') this.injected.set(fault, (this.injected.get(fault) ?? 0) + 1);
    // As a gateway says it, in its own words.
    if (fault === 'answered 429') return void response.writeHead(429, { 'retry-after': '0' }).end('slow down');
    if (fault === 'answered 5xx') return void response.writeHead(fiveHundreds()).end('<h1>Bad gateway</h1>');
    const forward = () => this.#forward(incoming, body);
    const [first, second] = await Promise.all(fault === 'sent twice' ? [forward(), forward()] : [forward()]);
    const answer = second ?? first;
    if (fault === 'answer lost') return void response.destroy();
    response.writeHead(answer.status, answer.headers);
    if (fault !== 'answer torn') return void response.end(answer.body);
    response.write(answer.body.subarray(0, answer.body.length / 2), () => response.destroy());
  }

  async #forward(incoming: IncomingMessage, body: Buffer): Promise<Message> {
    const { method, url: path, headers } = incoming;
    const onward = request({ port: this.#target, host: '127.0.0.1', method, path, headers, agent: this.#agent });
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: await bodyOf(answer) };
  }
}

let turn = 0;

/** Of an error in the program, of a gateway whose server is away, of a server that is too busy, of one that is too slow. */
function fiveHundreds(): number {
  return [500, 502, 503, 504][turn++ % 4] ?? 500;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
