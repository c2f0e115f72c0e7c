import { isDtmError } from '../../../core/errors.ts';
import type { EntityKind } from '../../../core/ids.ts';
import type { Row } from './row.ts';
import type { ListPage, TaskmanApi } from './taskmanApi.ts';

/** All rows of a kind that could be read. */
export interface Listing {
  readonly rows: ReadonlyMap<string, Row>;
  /** How many there are that the server cannot show; it does not say which. */
  readonly unreadable: number;
}

/** Each divides the one before, so that a page splits into whole pages. */
const pageSizes = [100, 20, 5, 1] as const;
/**
 * Rows move while others write, since lists have no order: a pass over the pages may miss some. What no pass saw is
 * asked for by its id, so that passes only save requests.
 */
const mostPasses = 4;

/**
 * Reads every page until nothing moved meanwhile: as many rows as the total says, none twice. A row that the server
 * cannot show spoils every page that it is on: such pages are read in smaller ones until it stands alone.
 * @throws DtmError `unavailable` and what the network throws; never for a row
 */
export async function listAll(api: TaskmanApi, kind: EntityKind, signal: AbortSignal): Promise<Listing> {
  const rows = new Map<string, Row>();
  let unreadable = 0;
  for (let pass = 1; pass <= mostPasses; pass++) {
    const reader = new PassReader(api, kind, signal);
    await reader.read();
    for (const [id, row] of reader.rows) rows.set(id, row);
    unreadable = reader.unreadable;
    if (reader.isStable) break;
  }
  return { rows, unreadable };
}

class PassReader {
  readonly rows = new Map<string, Row>();
  unreadable = 0;
  readonly #api: TaskmanApi;
  readonly #kind: EntityKind;
  readonly #signal: AbortSignal;
  readonly #totals = new Set<number>();
  #read = 0;

  constructor(api: TaskmanApi, kind: EntityKind, signal: AbortSignal) {
    this.#api = api;
    this.#kind = kind;
    this.#signal = signal;
  }

  async read(): Promise<void> {
    const size = pageSizes[0];
    for (let offset = 0; offset === 0 || offset < this.#total; offset += size) await this.#readPart(offset, 0);
  }

  /** Whether every page told the same total, and as many different rows were met. */
  get isStable(): boolean {
    return this.#totals.size === 1 && this.#read === this.rows.size && this.rows.size + this.unreadable === this.#total;
  }

  get #total(): number {
    return Math.max(0, ...this.#totals);
  }

  async #readPart(offset: number, level: number): Promise<void> {
    const size = pageSizes[level] ?? 1;
    const page = await this.#page(offset / size + 1, size);
    if (page) return this.#take(page);
    if (size === 1) {
      this.unreadable++;
      return;
    }
    const step = pageSizes[level + 1] ?? 1;
    for (let at = offset; at < Math.min(offset + size, this.#total); at += step) await this.#readPart(at, level + 1);
  }

  /** Undefined if a row on it cannot be read. */
  async #page(page: number, perPage: number): Promise<ListPage | undefined> {
    try {
      return await this.#api.page(this.#kind, page, perPage, this.#signal);
    } catch (error) {
      if (!isDtmError(error, 'bad-request')) throw error;
      await this.#api.requireDatabase(this.#signal);
      this.#totals.add(await this.#api.count(this.#kind, this.#signal));
      return undefined;
    }
  }

  #take({ rows, total }: ListPage): void {
    this.#totals.add(total);
    this.#read += rows.length;
    for (const row of rows) this.rows.set(row.id, row);
  }
}
