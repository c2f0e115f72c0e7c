import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import type { Application } from './application.ts';
import type { Incoming } from './call.ts';
import { Faults, type Outcome } from './faults.ts';
import { readRequest, tracingHeaders, writeAnswer } from './listener.ts';

/** A request that arrived, with the status of its answer once there is one. */
export type Exchange = Pick<Incoming, 'method' | 'path' | 'query' | 'headers'> & {
  readonly body: string;
  status: number | undefined;
};

const keepAliveMs = 5000;
const headerLimitBytes = 1 << 20;

/** Serves the application on the loopback interface, with faults and a log of what was asked. */
export class ApplicationServer {
  readonly faults = new Faults();
  readonly exchanges: Exchange[] = [];
  /** How long every answer takes at least. */
  latencyMs = 0;
  readonly #server: Server;
  readonly #application: Application;

  constructor(application: Application) {
    this.#application = application;
    const options = { keepAliveTimeout: keepAliveMs, maxHeaderSize: headerLimitBytes };
    this.#server = createServer(options, (message, response) => void this.#serve(message, response));
    this.#server.on('clientError', (_error, socket) => refuseConnection(socket as Socket));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = performance.now();
    const request = await readRequest(message).catch(() => undefined);
    if (!request) return;
    const exchange = { ...request, body: request.body.toString(), status: undefined };
    this.exchanges.push(exchange);
    const outcome = await this.#outcome(request);
    if (outcome === 'hang') return;
    if (outcome === 'reset') message.socket.resetAndDestroy();
    else answerExchange(exchange, response, outcome, tracingHeaders(request, start));
  }

  async #outcome(request: Incoming): Promise<Answer | Exclude<Outcome, undefined>> {
    if (this.latencyMs > 0) await delay(this.latencyMs);
    const before = await this.faults.meet('before effect', request);
    if (before) return before;
    const answer = this.#application.answer(request);
    return (await this.faults.meet('after effect', request)) ?? answer;
  }
}

function answerExchange(
  exchange: Exchange,
  response: ServerResponse,
  answer: Answer,
  tracing: Record<string, string>,
): void {
  exchange.status = answer.status;
  writeAnswer(response, answer, tracing);
}

/** Uvicorn's answer to what is no HTTP. */
function refuseConnection(socket: Socket): void {
  if (!socket.writable) return;
  const head = 'HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n';
  socket.end(`${head}Invalid HTTP request received.`);
}
