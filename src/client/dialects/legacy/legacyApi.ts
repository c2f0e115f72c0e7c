import * as z from 'zod';
import { DtmError, isDtmError } from '../../../core/errors.ts';
import { type EntityKind, entityKinds } from '../../../core/ids.ts';
import type { HttpRequest } from '../../httpMessage.ts';
import type { Transport } from '../../transport.ts';
import type { Row } from '../taskman/row.ts';
import { type Coherent, coherent, normalRow, rowsIn } from './legacyRows.ts';

const bases = ['/api/v1', '/api', ''] as const;
const collections = { project: 'projects', sprint: 'sprints', task: 'tasks' } as const;
const healthPaths = ['/health', '/api/health', '/api/v1/health', '/healthz'] as const;
const pageSize = 100;
const mostPages = 10_000;

const healthSchema = z.looseObject({ version: z.string().optional() });
export type LegacyHealth = z.infer<typeof healthSchema>;

/** Reads the older servers of the DTM family, whichever of their addresses and envelopes they use. Never writes. */
export class LegacyApi {
  readonly #origin: string;
  readonly #transport: Transport;
  readonly #accessToken: string | undefined;
  #base: string | undefined;

  /** @param accessToken for servers that ask for one; given by the person, never asked for */
  constructor(origin: string, transport: Transport, accessToken: string | undefined) {
    this.#origin = origin;
    this.#transport = transport;
    this.#accessToken = accessToken;
  }

  /** What the first health route says that answers. @throws DtmError `incompatible` if none does */
  async health(signal: AbortSignal): Promise<LegacyHealth> {
    for (const path of healthPaths) {
      const health = await this.#tryGet(path, signal);
      const parsed = healthSchema.safeParse(health);
      if (parsed.success) return parsed.data;
    }
    throw notLegacy(this.#origin);
  }

  /**
   * Every project, sprint and task.
   * @throws DtmError `incompatible` if no list of tasks is found, `unauthenticated` where a token is asked for
   */
  async everything(signal: AbortSignal): Promise<Coherent> {
    const rows: Partial<Record<EntityKind, readonly Row[]>> = {};
    // Tasks first: their list tells under which address the others are.
    for (const kind of [...entityKinds].reverse()) rows[kind] = await this.#list(kind, signal);
    return coherent({ project: [], sprint: [], task: [], ...rows });
  }

  async #list(kind: EntityKind, signal: AbortSignal): Promise<readonly Row[]> {
    const found = new Map<string, Row>();
    for (let page = 1, offset = 0; page <= mostPages; page++) {
      const before = found.size;
      const raw = await this.#page(kind, page, offset, signal);
      offset += raw.length;
      for (const one of raw) {
        const row = normalRow(kind, one);
        if (row && !found.has(row.id)) found.set(row.id, row);
      }
      // Servers that know no pages give the same again.
      if (found.size === before) break;
    }
    return [...found.values()];
  }

  async #page(
    kind: EntityKind,
    page: number,
    offset: number,
    signal: AbortSignal,
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    // Each family has its own words for pages, and ignores those of the others.
    const query = new URLSearchParams({
      limit: String(pageSize),
      offset: String(offset),
      skip: String(offset),
      page: String(page),
      per_page: String(pageSize),
    });
    for (const base of this.#base === undefined ? bases : [this.#base]) {
      const path = `${base}/${collections[kind]}`;
      for (const address of [`${path}?${query}`, `${path}/?${query}`, ...(page === 1 ? [path, `${path}/`] : [])]) {
        const rows = rowsIn(await this.#tryGet(address, signal));
        if (rows === undefined) continue;
        this.#base = base;
        return rows;
      }
    }
    // Some have no sprints at all; without tasks it is no such server.
    if (kind === 'task' && page === 1) throw notLegacy(this.#origin);
    return [];
  }

  /** Undefined where there is nothing to read at that address. */
  async #tryGet(path: string, signal: AbortSignal): Promise<unknown> {
    const request: HttpRequest<unknown> = { method: 'GET', path, accessToken: this.#accessToken, answer: z.unknown() };
    try {
      return (await this.#transport.send(request, signal)).value;
    } catch (error) {
      if (!isDtmError(error)) throw error;
      if (error.details.status === 401 || error.details.status === 403) throw needsToken(this.#origin, error);
      if (error.code === 'bad-answer' || isClientError(error.details.status)) return undefined;
      throw error;
    }
  }
}

function isClientError(status: unknown): boolean {
  return typeof status === 'number' && status >= 300 && status < 500 && status !== 429;
}

function needsToken(origin: string, cause: DtmError): DtmError {
  return new DtmError('unauthenticated', `${origin} asks for a token`, {
    hint: 'Set DTM_TOKEN to one that it takes, and try again.',
    cause,
  });
}

function notLegacy(origin: string): DtmError {
  return new DtmError('incompatible', `${origin} is no server that this version can use`, {
    hint: 'Check the address, and which program listens there.',
  });
}
