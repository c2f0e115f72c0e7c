import type { NetworkSettings } from '../core/networkSettings.ts';
import { type Budget, withinBudget } from './budget.ts';
import type { Circuit } from './circuit.ts';
import { type ExchangeOptions, exchange } from './exchange.ts';
import { type HttpAnswer, type HttpRequest, isRepeatable } from './httpMessage.ts';
import { openStream, type StreamRequest } from './openStream.ts';
import { joinLink, leaveLink, type OriginLink } from './originLink.ts';
import { withRepeats } from './repeats.ts';
import { beginTrace } from './requestTrace.ts';

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

  /** A stream has a connection of its own, and no turn: it would keep one for ever. */
  stream(request: StreamRequest, signal: AbortSignal): AsyncGenerator<string, void> {
    return openStream(this.#options, this.#link.dispatcher, request, signal);
  }

  close(): Promise<void> {
    return leaveLink(this.#options);
  }
}
