import * as z from 'zod';
import type { Dialect } from '../../core/dialect.ts';
import { DtmError, isDtmError } from '../../core/errors.ts';
import type { Transport } from '../transport.ts';

/** What was found out about a server by asking it. */
export interface DetectedServer {
  readonly dialect: Dialect;
  readonly version: string | undefined;
}

const rootSchema = z.looseObject({
  flavour: z.string().optional(),
  name: z.string().optional(),
  version: z.string().optional(),
});
const healthSchema = z.looseObject({
  version: z.string().optional(),
  database: z.unknown().optional(),
});
const taskmanDatabase = z.looseObject({ mode: z.string() });
const healthPaths = ['/health', '/api/health', '/api/v1/health', '/healthz'] as const;

/**
 * Asks who answers: the root first, then the health routes that the family has ever had.
 * @throws DtmError `offline`, `timeout`, `unavailable`; `incompatible` if it is none that we can speak to
 */
export async function detectServer(origin: string, transport: Transport, signal: AbortSignal): Promise<DetectedServer> {
  const questions = new Questions(transport, signal);
  const root = rootSchema.safeParse(await questions.ask('/')).data;
  if (root?.flavour === 'dtm') return { dialect: 'dtm', version: root.version };
  if (/^taskman-?v2/i.test(root?.name ?? '')) return { dialect: 'taskman-v2', version: root?.version };
  for (const path of healthPaths) {
    const health = healthSchema.safeParse(await questions.ask(path)).data;
    if (!health) continue;
    const isTaskman = taskmanDatabase.safeParse(health.database).success;
    // Older servers say nothing at the root; one that is too busy to say it may be any.
    if (!isTaskman && questions.notNow) throw questions.notNow;
    return { dialect: isTaskman ? 'taskman-v2' : 'dtm-legacy', version: health.version ?? root?.version };
  }
  throw questions.notNow ?? unknownServer(origin);
}

class Questions {
  /** The last "not now" that was heard: it says nothing about who answers. */
  notNow: DtmError | undefined;
  readonly #transport: Transport;
  readonly #signal: AbortSignal;

  constructor(transport: Transport, signal: AbortSignal) {
    this.#transport = transport;
    this.#signal = signal;
  }

  /** The JSON at an address; undefined where there is none. */
  async ask(path: string): Promise<unknown> {
    try {
      return (await this.#transport.send({ method: 'GET', path, answer: z.unknown(), probe: true }, this.#signal))
        .value;
    } catch (error) {
      if (!isDtmError(error) || !isAnswer(error)) throw error;
      if (error.retryable) this.notNow = error;
      return undefined;
    }
  }
}

function isAnswer(error: DtmError): boolean {
  return error.code === 'bad-answer' || typeof error.details.status === 'number';
}

function unknownServer(origin: string): DtmError {
  return new DtmError(
    'incompatible',
    `${origin} is no DTM server that this version can use, nor one of its relatives`,
    {
      hint: 'Check the address, and which program listens there.',
    },
  );
}
