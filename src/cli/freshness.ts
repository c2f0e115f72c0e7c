import type { DtmApp } from '../app/dtmApp.ts';
import { DtmError } from '../core/errors.ts';
import type { SyncReport } from '../core/ports.ts';
import type { GlobalOptions } from './globalOptions.ts';
import type { Provenance } from './output/document.ts';
import type { Output } from './output/output.ts';
import { isSignInNeeded, needingSignIn, signInHint } from './signIn.ts';

const readingBudgetMs = 1_500;

/** How new the data of a command is, and how it got so. */
export class Freshness {
  readonly #app: DtmApp;
  readonly #options: GlobalOptions;
  readonly #output: Output;
  readonly #startedAt: string;
  readonly #requestTimeoutMs: number;
  #pulled = false;

  /** @param startedAt when the command began, RFC 3339 */
  constructor(app: DtmApp, options: GlobalOptions, output: Output, startedAt: string, requestTimeoutMs: number) {
    this.#app = app;
    this.#options = options;
    this.#output = output;
    this.#startedAt = startedAt;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  /** Syncs within the budget of a reading command; where that fails, says since when the data is as it is. */
  async pullBriefly(): Promise<void> {
    if (this.#options.requireOnline) return this.requireOnline();
    const { current } = this.#app.binding;
    if (this.#options.offline || !current) return;
    const failure = await this.#sync(readingBudgetMs);
    if (!failure) return;
    this.#output.note(this.#staleText(failure));
    if (isSignInNeeded(failure)) this.#output.hint(signInHint(current.origin, failure));
  }

  /** @throws DtmError why the server could not be asked */
  async requireOnline(): Promise<void> {
    const { current } = this.#app.binding;
    if (!current) throw notBound();
    const failure = await this.#sync(this.#requestTimeoutMs);
    if (failure) await needingSignIn(current.origin, () => Promise.reject(failure));
  }

  /** Whether the server was asked during this command. */
  get isPulled(): boolean {
    return this.#pulled || (this.#app.status.connection.lastSync ?? '') >= this.#startedAt;
  }

  provenance(): Provenance {
    const { connection, pending } = this.#app.status;
    if (this.isPulled) return { source: 'api', pending };
    if (!this.#app.binding.current) return { source: 'csv', pending };
    const { lastSync } = connection;
    return { source: 'csv', ...(lastSync === undefined ? {} : { staleSince: lastSync }), pending };
  }

  /** @returns why it did not go through, or undefined */
  async #sync(budgetMs: number): Promise<DtmError | undefined> {
    const syncing = withinBudget(this.#app.syncNow(), budgetMs);
    const report = await this.#output.waiting('asking the server', syncing);
    if (!report) return new DtmError('timeout', `the server did not answer within ${budgetMs / 1_000} s`);
    this.#pulled = report.error === undefined;
    return report.error;
  }

  #staleText(failure: DtmError): string {
    const { lastSync } = this.#app.status.connection;
    const age = lastSync === undefined ? '' : ` as of ${localTime(lastSync)}`;
    return `showing the local state${age}: ${failure.message}`;
  }
}

async function withinBudget(syncing: Promise<SyncReport>, budgetMs: number): Promise<SyncReport | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, budgetMs, undefined);
  });
  // A sync that is given up fails when the app closes, which nobody needs to hear of.
  syncing.catch(() => {});
  return Promise.race([syncing, expired]).finally(() => clearTimeout(timer));
}

/** A moment as the people of this machine write it: `2026-01-31 14:05:09`. */
export function localTime(instant: string): string {
  const date = new Date(instant);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** The error of a command that needs a server in a workspace that has none. */
export function notBound(): DtmError {
  return new DtmError('not-bound', 'this workspace belongs to no server', {
    hint: 'Bind it with: cf_cli bind http://localhost:8000',
  });
}
