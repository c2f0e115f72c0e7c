import * as z from 'zod';
import { DtmError, isDtmError } from '../../../core/errors.ts';
import type { EntityKind } from '../../../core/ids.ts';
import type { HttpRequest } from '../../httpMessage.ts';
import type { Transport } from '../../transport.ts';
import type { Row } from './row.ts';
import { isMissing, taskmanError } from './taskmanError.ts';

const rowSchema: z.ZodType<Row> = z.looseObject({ id: z.string() });
const healthSchema = z.object({
  status: z.string(),
  version: z.string().optional(),
  database: z.object({ mode: z.string() }),
});
export type TaskmanHealth = z.infer<typeof healthSchema>;

/** The name of a kind's collection, in addresses and in list answers. */
const collections = { project: 'projects', sprint: 'sprints', task: 'tasks' } as const satisfies Record<
  EntityKind,
  string
>;

export interface ListPage {
  readonly rows: readonly Row[];
  /** Of all pages. */
  readonly total: number;
}

/** A row, or why there is none: it does not exist, or the server itself cannot read what is stored. */
export type Found =
  | { readonly state: 'there'; readonly row: Row }
  | { readonly state: 'missing' }
  | { readonly state: 'unreadable' };

/** No row has this id: asking for it tells whether the database answers. */
const nobody = 'P-DTM-PROBE';

/** The routes of TaskMan-v2 that we use. It is never sent a token: none of them asks for one. */
export class TaskmanApi {
  readonly origin: string;
  readonly #transport: Transport;

  constructor(origin: string, transport: Transport) {
    this.origin = origin;
    this.#transport = transport;
  }

  /** Mind that asking makes the server choose its database anew. */
  health(signal: AbortSignal): Promise<TaskmanHealth> {
    return this.#send({ method: 'GET', path: '/health', answer: healthSchema, probe: true }, signal);
  }

  /** @throws DtmError `bad-request` if a row of the page cannot be read */
  page(kind: EntityKind, page: number, perPage: number, signal: AbortSignal): Promise<ListPage> {
    const path = `/api/v1/${collections[kind]}?page=${page}&per_page=${perPage}`;
    return this.#send({ method: 'GET', path, answer: pageSchema(kind) }, signal);
  }

  /** @throws DtmError `unavailable` if the database does not answer, whatever the status says */
  async find(kind: EntityKind, id: string, signal: AbortSignal): Promise<Found> {
    try {
      return { state: 'there', row: await this.#get(kind, id, signal) };
    } catch (error) {
      if (isMissing(error, kind)) return { state: 'missing' };
      if (!isDtmError(error, 'bad-request')) throw error;
      await this.requireDatabase(signal);
      return { state: 'unreadable' };
    }
  }

  create(kind: EntityKind, body: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Row> {
    const path = `/api/v1/${collections[kind]}`;
    return this.#send({ method: 'POST', path, body: JSON.stringify(body), answer: rowSchema }, signal);
  }

  /** Changes the members that are in the body, and no others. */
  change(kind: EntityKind, id: string, body: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Row> {
    const method = kind === 'task' ? 'PATCH' : 'PUT';
    return this.#send({ method, path: pathOf(kind, id), body: JSON.stringify(body), answer: rowSchema }, signal);
  }

  /** Whether there was something to delete does not matter. */
  async remove(kind: EntityKind, id: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#send({ method: 'DELETE', path: pathOf(kind, id) }, signal);
    } catch (error) {
      if (!isMissing(error, kind)) throw error;
    }
  }

  /** How many tasks stand in a sprint. */
  async countTasks(sprintId: string, signal: AbortSignal): Promise<number> {
    const path = `/api/v1/tasks?sprint_id=${encodeURIComponent(sprintId)}&page=${beyondTheEnd}&per_page=1`;
    return (await this.#send({ method: 'GET', path, answer: pageSchema('task') }, signal)).total;
  }

  /** How many rows there are, also where no page of them can be read. */
  async count(kind: EntityKind, signal: AbortSignal): Promise<number> {
    return (await this.page(kind, beyondTheEnd, 1, signal)).total;
  }

  /**
   * Status 400 may mean that a row cannot be read, or that the database is gone.
   * @throws DtmError `unavailable` in the second case
   */
  async requireDatabase(signal: AbortSignal): Promise<void> {
    try {
      await this.#get('project', nobody, signal);
    } catch (error) {
      if (isMissing(error)) return;
      if (!isDtmError(error, 'bad-request')) throw error;
      throw new DtmError('unavailable', `the database of ${this.origin} does not answer`, {
        hint: 'What you do meanwhile is kept here and sent when it is back.',
        retryable: true,
        cause: error,
      });
    }
  }

  #get(kind: EntityKind, id: string, signal: AbortSignal): Promise<Row> {
    return this.#send({ method: 'GET', path: pathOf(kind, id), answer: rowSchema }, signal);
  }

  async #send<T>(request: HttpRequest<T>, signal: AbortSignal): Promise<T> {
    const { value } = await this.#transport.send({ ...request, refusal: taskmanError }, signal);
    return value;
  }
}

/** A page that no list is long enough for: it is empty, and tells the total. */
const beyondTheEnd = 1_000_000_000;

function pathOf(kind: EntityKind, id: string): string {
  return `/api/v1/${collections[kind]}/${encodeURIComponent(id)}`;
}

function pageSchema(kind: EntityKind): z.ZodType<ListPage> {
  const name = collections[kind];
  return z
    .looseObject({ [name]: z.array(rowSchema), total: z.int().min(0) })
    .transform((page) => ({ rows: page[name] as readonly Row[], total: page.total as number }));
}
