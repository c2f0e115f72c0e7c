import { networkInterfaces } from 'node:os';
import type { Disposable } from '../../core/ports.ts';

export interface NetworkWatchOptions {
  readonly onChange: () => void;
  /** Something that is another text when the network is another one. Default: the addresses of this machine. */
  readonly read?: () => string;
  /** Milliseconds between two looks. Default 2,000. */
  readonly everyMs?: number;
}

const defaultEveryMs = 2_000;

/** Tells of a network that came, went or changed. Node.js has no event for it, so it looks, while somebody wants it. */
export class NetworkWatch implements Disposable {
  readonly #options: NetworkWatchOptions;
  readonly #read: () => string;
  #timer: NodeJS.Timeout | undefined;
  #seen = '';

  constructor(options: NetworkWatchOptions) {
    this.#options = options;
    this.#read = options.read ?? addressesOfMachine;
  }

  /** Looks from now on, or no more. Harmless if repeated. */
  want(isWanted: boolean): void {
    if (isWanted === (this.#timer !== undefined)) return;
    this.dispose();
    if (!isWanted) return;
    this.#seen = this.#read();
    this.#timer = setInterval(() => this.#look(), this.#options.everyMs ?? defaultEveryMs);
    this.#timer.unref();
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const now = this.#read();
    if (now === this.#seen) return;
    this.#seen = now;
    this.#options.onChange();
  }
}

function addressesOfMachine(): string {
  const named = Object.entries(networkInterfaces()).flatMap(([name, all = []]) =>
    all.map(({ address, netmask }) => `${name} ${address} ${netmask}`),
  );
  return named.sort().join('\n');
}
