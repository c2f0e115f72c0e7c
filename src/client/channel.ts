import type { NetworkSettings } from '../core/networkSettings.ts';
import { type Budget, withinBudget } from './budget.ts';
import type { Circuit } from './circuit.ts';
import { type ExchangeOptions, exchange, headersFrom } from './exchange.ts';
import { type HttpAnswer, type HttpRequest, isRepeatable } from './httpMessage.ts';
import { joinLink, leaveLink, type OriginLink } from './originLink.ts';
import { withRepeats } from './repeats.ts';
import { beginTrace } from './requestTrace.ts';
import { openStream, readStream, type StreamListener, type StreamRequest } from './streaming.ts';

export interface ChannelOptions extends ExchangeOptions {
  readonly connectTimeoutMs: number;
  readonly network: NetworkSettings;
  readonly random: () => number;
}

/** One client's use of the way to a server that all clients in this process share. */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #link: OriginLink;

  private constructor(options: ChannelOptions, link: OriginLink) {
    this.#options = options;
    this.#link = link;
  }

  /** @throws DtmError `configuration` if a certificate or a proxy's address cannot be used */
  static async open(options: ChannelOptions): Promise<Channel> {
    return new Channel(options, await joinLink(options, options.random));
  }

  get circuit(): Circuit {
    return this.#link.circuit;
  }

  /** Does something that may send several requests, within `ms` milliseconds. */
  within<T>(ms: number, signal: AbortSignal, work: (budget: Budget) => Promise<T>): Promise<T> {
    const { origin, clock } = this.#options;
    return withinBudget({ origin, ms, clock, signal }, work);
  }

  send<T>(request: HttpRequest<T>, budget: Budget): Promise<HttpAnswer<T>> {
    const { random } = this.#options;
    const trace = beginTrace();
    return withRepeats({ isRepeatable: isRepeatable(request), budget, random }, () => {
      const { silence, dispatcher } = this.#link;
      const attempt = () =>
        silence.during(budget, (within, heard) =>
          exchange(this.#options, dispatcher, request, trace.attempt(), within, heard),
        );
      return this.#link.run(attempt, request.probe === true, budget);
    });
  }

  /** Opens a stream within `ms` milliseconds, then reads it for as long as it goes on. It takes nobody's turn. */
  async follow(ms: number, request: StreamRequest, listener: StreamListener, signal: AbortSignal): Promise<void> {
    const { origin } = this.#options;
    const attempt = beginTrace().attempt();
    const open = (budget: Budget) => openStream(origin, this.#link.dispatcher, request, attempt, budget);
    const response = await this.#link.circuit.run(() => this.within(ms, signal, open), true);
    try {
      listener.onOpen(headersFrom(response.headers));
    } catch (error) {
      // Nobody wants what comes from there.
      response.body.on('error', () => undefined).destroy();
      throw error;
    }
    await readStream(origin, response, request.silenceMs, signal, (text) => listener.onText(text));
  }

  close(): Promise<void> {
    return leaveLink(this.#options);
  }
}
