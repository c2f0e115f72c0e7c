import { Crash } from '../http/answer.ts';
import { ProblemError } from '../http/problemError.ts';
import type { Value } from '../python/value.ts';
import { type Checked, checkModel, type Model } from '../schemas/model.ts';
import { type Problem, problemText } from '../schemas/problem.ts';
import type { Database } from '../store/database.ts';
import { ConnectionFailure, StatementFailure } from '../store/failures.ts';
import type { Row, Table } from '../store/table.ts';
import { EntityService, ServiceError } from './entityService.ts';

type Shown = Readonly<Record<string, Value>>;

/** The generic service with what the response model computes besides its fields. */
class GenericService extends EntityService {
  readonly #computed: (shown: Shown) => Shown;

  constructor(name: string, table: Table, response: Model, computed: (shown: Shown) => Shown) {
    super(name, table, response);
    this.#computed = computed;
  }

  override show(row: Readonly<Row>): Value {
    const shown = super.show(row) as Shown;
    return { ...shown, ...this.#computed(shown) };
  }
}

/**
 * Checklists, plans and conversations: errors are problem objects. Reading and patching go through the generic service;
 * everything else shows the row as it is stored, and what breaks there is not caught by anybody.
 */
export class StateService {
  readonly #generic: GenericService;
  readonly #name: string;
  readonly #table: Table;
  readonly #response: Model;
  readonly #computed: (shown: Shown) => Shown;

  constructor(name: string, table: Table, response: Model, computed: (shown: Shown) => Shown = () => ({})) {
    this.#generic = new GenericService(name, table, response, computed);
    this.#name = name;
    this.#table = table;
    this.#response = response;
    this.#computed = computed;
  }

  create(database: Database, { metadata = {}, ...values }: Readonly<Row>): Value {
    try {
      return this.show(database.insert(this.#table, { ...values, extra_metadata: metadata }));
    } catch (error) {
      if (error instanceof StatementFailure && error.isIntegrity) throw this.#conflict(String(values.id), error);
      throw internalError(error);
    }
  }

  get(database: Database, id: string): Value {
    return this.#problems(id, () => this.#generic.get(database, id));
  }

  list(database: Database, limit: number, offset: number): Value {
    return this.#problems('', () => [...this.#generic.search(database, () => true, limit, offset).rows]);
  }

  /** Changes the fields that were sent; `metadata` is none of the columns and gets lost. */
  patch(database: Database, id: string, change: Checked): Value {
    return this.#problems(id, () => this.#generic.update(database, id, change));
  }

  delete(database: Database, id: string): void {
    this.#problems(id, () => this.#generic.delete(database, id));
  }

  /** The row of an operation; looking for one that is not there raises a `TypeError` in the back end. */
  find(database: Database, id: string): Row {
    const row = crashing(() => database.find(this.#table, id));
    if (!row) throw new Crash("NotFoundError.__init__() got an unexpected keyword argument 'resource_type'");
    return row;
  }

  save(database: Database, row: Row, changes: Readonly<Row>): Value {
    return crashing(() => {
      database.update(this.#table, row, changes);
      return this.show(row);
    });
  }

  /** Stored rows that match, by a column (descending unless said), as they are stored. */
  select(database: Database, matches: (row: Row) => boolean, order: readonly [string, 'asc' | 'desc']): Row[] {
    const [column, direction] = order;
    const found = crashing(() => database.select(this.#table, matches));
    const sign = direction === 'asc' ? 1 : -1;
    return found.toSorted((a, b) => sign * compareText(String(a[column]), String(b[column])));
  }

  showAll(rows: readonly Row[]): Value {
    return crashing(() => rows.map((row) => this.show(row)));
  }

  show(row: Readonly<Row>): Value {
    const problems: Problem[] = [];
    const { values } = checkModel(this.#response, row, [], problems);
    if (problems.length > 0) throw new ServiceError('app', problemText(this.#response.name, problems));
    return { ...values, ...this.#computed(values) };
  }

  #conflict(id: string, { original }: StatementFailure): ProblemError {
    const extra = { entity_type: this.#name, entity_id: id, original_error: original };
    return new ProblemError('conflict', `A ${this.#name} with ID '${id}' already exists`, extra);
  }

  #problems<T>(id: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ServiceError && error.kind === 'notFound')) throw internalError(error);
      throw new ProblemError('not-found', error.message, { entity_type: this.#name, entity_id: id });
    }
  }
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** What the service catches and wraps: a problem of status 500 with the text of the error. */
export function internalError(error: unknown): Error {
  const isCaught =
    error instanceof ServiceError || error instanceof StatementFailure || error instanceof ConnectionFailure;
  if (isCaught) return new ProblemError('internal-error', error.message);
  return error instanceof Error ? error : new Error(String(error));
}

/** What the service does not catch. */
export function crashing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const isExpected =
      error instanceof ServiceError || error instanceof StatementFailure || error instanceof ConnectionFailure;
    throw isExpected ? new Crash(error.message) : error;
  }
}
