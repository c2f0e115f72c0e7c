import type { Backend, Clock, Logger } from '../../../core/ports.ts';
import { exactOrigin } from '../../origin.ts';
import { Transport } from '../../transport.ts';
import { TaskmanBackend } from './taskmanBackend.ts';

export interface TaskmanClientOptions {
  /** The server's exact origin. */
  readonly origin: string;
  /** The name in which this workspace acts. */
  readonly account: string;
  /** The data set that the workspace is bound to. */
  readonly datasetId?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default 2,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** For a whole request with its answer. Default 10,000. */
  readonly requestTimeoutMs?: number | undefined;
}

/** A TaskMan-v2 server, as the sync engine sees it. */
export interface TaskmanClient extends Backend {
  readonly account: string;
  /** Ends all connections; requests under way fail with `cancelled`. */
  close(): Promise<void>;
}

const defaultConnectTimeoutMs = 2_000;
const defaultRequestTimeoutMs = 10_000;
const answerLimitBytes = 64 * 1024 * 1024;

/**
 * Makes a client of one TaskMan-v2 server. It connects when it is first asked something.
 * @throws DtmError `configuration` if `origin` is not an exact origin
 */
export function createTaskmanClient(options: TaskmanClientOptions): TaskmanClient {
  const origin = exactOrigin(options.origin);
  const transport = new Transport({
    origin,
    clock: options.clock,
    logger: options.logger,
    connectTimeoutMs: options.connectTimeoutMs ?? defaultConnectTimeoutMs,
    requestTimeoutMs: options.requestTimeoutMs ?? defaultRequestTimeoutMs,
    answerLimitBytes,
  });
  return Object.assign(new TaskmanBackend({ ...options, origin, transport }), { close: () => transport.close() });
}
