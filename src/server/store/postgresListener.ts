import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { Emitter } from '../../core/emitter.ts';
import type { Event } from '../../core/ports.ts';
import { serviceLock } from './postgresPool.ts';

export const commitChannel = 'dtm_commits';
const pauseMs = 500;

/**
 * Hears the commits of every process on a database (LISTEN/NOTIFY), and connects again when the connection breaks.
 * While it is connected, nobody exchanges the data (`tryServiceLock`); when it was not for a while, somebody may have.
 */
export class PostgresListener {
  readonly #url: string;
  readonly #epoch: number;
  readonly #emitter = new Emitter<void>();
  readonly #replaced = new Emitter<void>();
  readonly #ready: Promise<void>;
  #settle: (error?: unknown) => void = ignore;
  readonly #ended = new AbortController();
  readonly #running: Promise<void>;
  #client: Client | undefined;

  /** @param epoch of the data that this process knows */
  constructor(url: string, epoch: number) {
    this.#url = url;
    this.#epoch = epoch;
    this.#ready = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.#ready.catch(ignore);
    this.#running = this.#run();
  }

  /** Settles with the first attempt to connect. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** The data were exchanged under this process: what it knows of them no longer holds. */
  get onDidReplace(): Event<void> {
    return this.#replaced.event;
  }

  get onDidCommit(): Event<void> {
    return this.#emitter.event;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.#client?.end().catch(ignore);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.#listen().catch(this.#settle);
      if (!signal.aborted) await setTimeout(pauseMs, undefined, { signal }).catch(ignore);
    }
  }

  /** Until the connection ends. */
  async #listen(): Promise<void> {
    const client = new Client({
      connectionString: this.#url,
      application_name: 'dtm-server',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    this.#client = client;
    const ended = new Promise<void>((resolve) => void client.once('end', resolve).once('error', () => resolve()));
    client.on('error', ignore).on('notification', () => this.#emitter.fire());
    try {
      await client.connect();
      await client.query(`select pg_advisory_lock_shared(${serviceLock})`);
      const { rows } = await client.query<{ value: string }>("select value from meta where key = 'epoch'");
      if (rows[0]?.value !== String(this.#epoch)) this.#replaced.fire();
      await client.query(`listen ${commitChannel}`);
      this.#settle();
      // What was committed while nobody listened.
      this.#emitter.fire();
      if (!this.#ended.signal.aborted) await ended;
    } finally {
      await client.end().catch(ignore);
    }
  }
}

function ignore(): void {}
