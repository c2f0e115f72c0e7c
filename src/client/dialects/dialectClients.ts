import type { Binding } from '../../core/binding.ts';
import type { Dialect } from '../../core/dialect.ts';
import type { NetworkSettings } from '../../core/networkSettings.ts';
import type { Backend, Clock, Logger } from '../../core/ports.ts';
import type { RequestRecorder } from '../requestStatistics.ts';
import { Transport } from '../transport.ts';
import { type DetectedServer, detectServer } from './detect.ts';
import { LegacyBackend } from './legacy/legacyBackend.ts';
import { TaskmanBackend } from './taskman/taskmanBackend.ts';

/** Which server, in whose name; `datasetId` where it is known. */
export type Target = Pick<Binding, 'origin' | 'account'> & {
  readonly dialect: Exclude<Dialect, 'dtm'>;
  readonly datasetId?: string;
};

export interface DialectClientsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly requestTimeoutMs: number;
  /** Proxies and certificates. Default: none. */
  readonly network?: NetworkSettings | undefined;
  readonly recorder?: RequestRecorder | undefined;
  /** From the environment; only ever given to an older DTM server that asks for one. */
  readonly accessToken?: string | undefined;
}

const connectTimeoutMs = 2_000;
const answerLimitBytes = 64 * 1024 * 1024;
/** Finding out who answers is the first thing that a person waits for. */
const detectionTimeoutMs = 5_000;

/** The servers that are no DTM servers, and finding out which is which; one transport per origin. */
export class DialectClients {
  readonly #options: DialectClientsOptions;
  readonly #transports = new Map<string, Transport>();
  readonly #detected = new Map<string, DetectedServer>();

  constructor(options: DialectClientsOptions) {
    this.#options = options;
  }

  /**
   * Who answers there; remembered once it is known.
   * @throws DtmError `offline`, `timeout`, `incompatible`
   */
  async detect(origin: string): Promise<DetectedServer> {
    const known = this.#detected.get(origin);
    if (known) return known;
    const { requestTimeoutMs } = this.#options;
    const transport = this.#makeTransport(origin, Math.min(requestTimeoutMs, detectionTimeoutMs));
    try {
      const detected = await detectServer(origin, transport, new AbortController().signal);
      this.#detected.set(origin, detected);
      return detected;
    } finally {
      await transport.close();
    }
  }

  backend({ origin, account, dialect, datasetId }: Target): Backend {
    const { clock, logger, accessToken } = this.#options;
    const transport = this.#transportTo(origin);
    if (dialect === 'taskman-v2') {
      return new TaskmanBackend({ origin, transport, account, datasetId, clock, logger });
    }
    return new LegacyBackend({ origin, transport, account, accessToken, clock });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()));
  }

  #transportTo(origin: string): Transport {
    const known = this.#transports.get(origin);
    if (known) return known;
    const made = this.#makeTransport(origin, this.#options.requestTimeoutMs);
    this.#transports.set(origin, made);
    return made;
  }

  #makeTransport(origin: string, requestTimeoutMs: number): Transport {
    const { clock, logger, network, recorder } = this.#options;
    const limits = { connectTimeoutMs, requestTimeoutMs, answerLimitBytes };
    return new Transport({ origin, clock, logger, network, recorder, ...limits });
  }
}
