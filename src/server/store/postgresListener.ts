import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { Emitter } from '../../core/emitter.ts';
import type { Event } from '../../core/ports.ts';

export const commitChannel = 'dtm_commits';
const pauseMs = 500;

/** Hears the commits of every process on a database (LISTEN/NOTIFY), and connects again when the connection breaks. */
export class PostgresListener {
  readonly #url: string;
  readonly #emitter = new Emitter<void>();
  readonly #ended = new AbortController();
  readonly #running: Promise<void>;
  #client: Client | undefined;

  constructor(url: string) {
    this.#url = url;
    this.#running = this.#run();
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
      await this.#listen().catch(ignore);
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
      await client.query(`listen ${commitChannel}`);
      // What was committed while nobody listened.
      this.#emitter.fire();
      if (!this.#ended.signal.aborted) await ended;
    } finally {
      await client.end().catch(ignore);
    }
  }
}

function ignore(): void {}
