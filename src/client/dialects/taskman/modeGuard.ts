import { DtmError } from '../../../core/errors.ts';
import type { DatabaseMode } from './forms.ts';
import type { TaskmanApi } from './taskmanApi.ts';

const names: Readonly<Record<DatabaseMode, string>> = {
  primary: 'its PostgreSQL database',
  secondary: 'its second PostgreSQL database',
  fallback: 'its fallback, an SQLite file',
};

/** @returns what people call the data of a database */
export function labelOf(mode: DatabaseMode): string {
  return `TaskMan-v2 with ${names[mode]}`;
}

/**
 * TaskMan-v2 changes to another database when the first is gone, and back again, and nothing is ever merged: these are
 * different data. What was read or sent across such a change counts for nothing.
 */
export class ModeGuard {
  readonly #api: TaskmanApi;
  #mode: DatabaseMode | undefined;

  constructor(api: TaskmanApi) {
    this.#api = api;
  }

  /** The database that was served when the server was last identified. */
  get mode(): DatabaseMode | undefined {
    return this.#mode;
  }

  /** Asks which database is served, and takes it for the one that is meant from now on. */
  async identify(signal: AbortSignal): Promise<DatabaseMode> {
    this.#mode = await this.#ask(signal);
    return this.#mode;
  }

  /** @throws DtmError `incompatible` if another database is served now */
  async require(signal: AbortSignal): Promise<void> {
    const now = await this.#ask(signal);
    const before = this.#mode ?? now;
    this.#mode = before;
    if (now === before) return;
    const message = `${this.#api.origin} serves ${names[now]} now, no longer ${names[before]}`;
    throw new DtmError('incompatible', `${message}; these are other data, and nothing is exchanged with them`, {
      hint: 'It goes on by itself when the former database is back; your changes wait here until then.',
      details: { mode: now, before },
    });
  }

  async #ask(signal: AbortSignal): Promise<DatabaseMode> {
    const { database } = await this.#api.health(signal);
    const mode = (Object.keys(names) as DatabaseMode[]).find((known) => known === database.mode);
    if (mode) return mode;
    throw new DtmError('unavailable', `${this.#api.origin} has no database at the moment`, {
      hint: 'What you do meanwhile is kept here and sent when it is back.',
      retryable: true,
    });
  }
}
