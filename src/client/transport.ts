import { Emitter } from '../core/emitter.ts';
import type { DtmError } from '../core/errors.ts';
import type { NetworkSettings } from '../core/networkSettings.ts';
import type { Clock, Disposable, Logger } from '../core/ports.ts';
import type { Channel } from './channel.ts';
import type { Reachability } from './circuit.ts';
import type { HttpAnswer, HttpRequest } from './httpMessage.ts';
import { cancelled } from './networkError.ts';
import type { RequestRecorder } from './requestStatistics.ts';
import type { StreamListener, StreamRequest } from './streaming.ts';

export interface TransportOptions {
  readonly origin: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly connectTimeoutMs: number;
  /** For a whole request: waiting for its turn, every attempt, and the answer. */
  readonly requestTimeoutMs: number;
  /** Of one answer, unpacked. */
  readonly answerLimitBytes: number;
  readonly network?: NetworkSettings | undefined;
  readonly recorder?: RequestRecorder | undefined;
  /** In [0, 1). Default `Math.random`. */
  readonly random?: () => number;
}

/** Several requests that share one budget of time. */
export interface Exchanges {
  /** Says when to stop. */
  readonly signal: AbortSignal;
  /** What to fail of then: `timeout`, or `cancelled`. */
  failure(cause: unknown): DtmError;
  send<T>(request: HttpRequest<T>): Promise<HttpAnswer<T>>;
}

/**
 * JSON over HTTP to one origin: kept connections, a budget of time, repeats where they are safe, a circuit breaker,
 * no redirect to anywhere else, every failure a `DtmError`. What could change something twice is sent once.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #underWay = new Set<AbortController>();
  readonly #reachabilityChanged = new Emitter<Reachability>();
  #channel: Promise<Channel> | undefined;
  #circuit: Disposable | undefined;
  #closed = false;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Whether requests to the origin go out, from whichever client of this process. */
  readonly onDidChangeReachability = this.#reachabilityChanged.event;

  /**
   * Sends a request and reads the whole answer.
   * @throws DtmError `offline`, `timeout`, `cancelled`, `bad-answer`, `too-large`, `overloaded`, `configuration`, or what
   * the server's problem document says
   */
  send<T>(request: HttpRequest<T>, signal?: AbortSignal): Promise<HttpAnswer<T>> {
    return this.within(request.budgetMs, signal, (exchanges) => exchanges.send(request));
  }

  /**
   * Does something that needs several requests within one budget.
   * @param budgetMs default: that of one request
   * @throws DtmError as {@link Transport.send}; `timeout` for whatever was still under way when the time was over
   */
  within<T>(
    budgetMs: number | undefined,
    signal: AbortSignal | undefined,
    work: (exchanges: Exchanges) => Promise<T>,
  ): Promise<T> {
    const ms = budgetMs ?? this.#options.requestTimeoutMs;
    return this.#untilClosed(signal, (channel, given) =>
      channel.within(ms, given, (budget) => work({ ...budget, send: (request) => channel.send(request, budget) })),
    );
  }

  /**
   * Reads a stream of events until it ends.
   * @throws DtmError as {@link Transport.send}; `timeout` also when nothing came for the request's `silenceMs`
   */
  follow(request: StreamRequest, listener: StreamListener, signal: AbortSignal): Promise<void> {
    const { requestTimeoutMs: ms } = this.#options;
    return this.#untilClosed(signal, (channel, given) => channel.follow(ms, request, listener, given));
  }

  async #untilClosed<T>(
    signal: AbortSignal | undefined,
    work: (channel: Channel, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { origin } = this.#options;
    if (signal?.aborted) throw cancelled(origin, signal.reason);
    const controller = new AbortController();
    const abort = () => controller.abort();
    this.#underWay.add(controller);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await work(await this.#open(), controller.signal);
    } finally {
      this.#underWay.delete(controller);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends all connections that no other client of the process uses; requests under way fail with `cancelled`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const controller of this.#underWay) controller.abort();
    const channel = await this.#channel?.catch(() => undefined);
    // The circuit is shared, and goes on without this one.
    this.#circuit?.dispose();
    await channel?.close();
    this.#reachabilityChanged.dispose();
  }

  /** The HTTP library is loaded with the first request: much of what DTM does needs none. */
  async #open(): Promise<Channel> {
    const { origin } = this.#options;
    if (this.#closed) throw cancelled(origin);
    this.#channel ??= this.#openChannel();
    const channel = await this.#channel;
    if (this.#closed) throw cancelled(origin);
    return channel;
  }

  async #openChannel(): Promise<Channel> {
    const { network = {}, recorder, random = Math.random, requestTimeoutMs, ...options } = this.#options;
    try {
      const { Channel } = await import('./channel.ts');
      const channel = await Channel.open({ ...options, network, recorder, random, silenceMs: requestTimeoutMs });
      this.#circuit = channel.circuit.onDidChange((state) => {
        options.logger.info('circuit.changed', { origin: options.origin, state });
        this.#reachabilityChanged.fire(state);
      });
      return channel;
    } catch (error) {
      // A certificate file may be there the next time.
      this.#channel = undefined;
      throw error;
    }
  }
}
