import { pythonJson } from '../python/json.ts';
import { parseJson } from '../python/parseJson.ts';
import { isList, isMap, type Value } from '../python/value.ts';
import { type Checked, checkModel, type Model } from '../schemas/model.ts';
import { type Problem, problemText } from '../schemas/problem.ts';
import type { Database } from '../store/database.ts';
import { ConnectionFailure, StatementFailure } from '../store/failures.ts';
import type { Row, Table } from '../store/table.ts';

/** What a service returns instead of an entity. */
export class ServiceError extends Error {
  readonly kind: 'notFound' | 'conflict' | 'validation' | 'app';

  constructor(kind: ServiceError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export type Page = { readonly rows: readonly Value[]; readonly total: number };

/** The generic service of tasks, projects and sprints: lists and objects are stored as JSON text. */
export class EntityService {
  readonly name: string;
  readonly table: Table;
  readonly #response: Model;

  constructor(name: string, table: Table, response: Model) {
    this.name = name;
    this.table = table;
    this.#response = response;
  }

  create(database: Database, { values }: Checked): Value {
    return caught(() => {
      try {
        return this.show(database.insert(this.table, this.toColumns(values)));
      } catch (error) {
        if (!(error instanceof StatementFailure && error.isIntegrity)) throw error;
        throw new ServiceError('conflict', `A ${this.name} with this identifier already exists`);
      }
    });
  }

  get(database: Database, id: string): Value {
    return caught(() => this.show(this.find(database, id)));
  }

  update(database: Database, id: string, { values, sent }: Checked): Value {
    return caught(() => {
      const row = this.find(database, id);
      const changes = Object.fromEntries(Object.entries(values).filter(([name]) => sent.has(name)));
      database.update(this.table, row, this.toColumns(changes));
      return this.show(row);
    });
  }

  delete(database: Database, id: string): void {
    caught(() => database.delete(this.table, this.find(database, id)));
  }

  search(database: Database, matches: (row: Row) => boolean, limit: number, offset: number): Page {
    return caught(() => {
      const found = database.select(this.table, matches);
      return { rows: found.slice(offset, offset + limit).map((row) => this.show(row)), total: found.length };
    });
  }

  /** @throws ServiceError notFound */
  find(database: Database, id: string): Row {
    const row = database.find(this.table, id);
    if (!row) throw new ServiceError('notFound', `${this.name} not found: ${id}`);
    return row;
  }

  /** A row as the response model shows it. @throws ServiceError with pydantic's text when it does not fit */
  show(row: Readonly<Row>): Value {
    const problems: Problem[] = [];
    const { values } = checkModel(this.#response, this.fromColumns(row), [], problems);
    if (problems.length > 0) throw new ServiceError('app', problemText(this.#response.name, problems));
    return values;
  }

  protected toColumns(values: Readonly<Row>): Row {
    const known = this.table.columns.filter(({ name }) => values[name] !== undefined);
    return Object.fromEntries(known.map(({ name }) => [name, serialized(values[name]!)]));
  }

  protected fromColumns(row: Readonly<Row>): Row {
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, deserialized(value)]));
  }
}

/** Whatever the database raises becomes the text of the service's error. */
export function caught<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConnectionFailure || error instanceof StatementFailure)
      throw new ServiceError('app', error.message);
    throw error;
  }
}

function serialized(value: Value): Value {
  return isList(value) || isMap(value) ? pythonJson(value) : value;
}

/** Any text that is a whole JSON list or object is read as one, in whatever column it is. */
function deserialized(value: Value): Value {
  if (typeof value !== 'string' || !/^(\{.*\}|\[.*\])$/s.test(value.trim())) return value;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}
