import type { Kysely } from 'kysely';
import type { EntityKind } from '../../core/ids.ts';
import type { Database, OperationKind } from './schema.ts';

/** An operation that was applied once and for all. */
export interface AppliedOperation {
  readonly opId: string;
  readonly entity: EntityKind;
  readonly id: string;
  readonly kind: OperationKind;
  /** The version that the entity had after it. */
  readonly version: number;
  readonly at: string;
  readonly by: string;
}

/** The ids of applied operations: what makes a repeat harmless. */
export class OperationTable {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async find(opId: string): Promise<AppliedOperation | null> {
    const row = await this.#db.selectFrom('operations').selectAll().where('op_id', '=', opId).executeTakeFirst();
    if (!row) return null;
    const { op_id, entity_id, actor, ...rest } = row;
    return { ...rest, opId: op_id, id: entity_id, by: actor };
  }

  /** Fails on an id that is already there, and with it the transaction. */
  async add(operation: AppliedOperation): Promise<void> {
    const { opId, entity, id, kind, version, at, by } = operation;
    const row = { op_id: opId, entity, entity_id: id, kind, version, at, actor: by };
    await this.#db.insertInto('operations').values(row).execute();
  }

  /** Forgets operations from before a moment. */
  async prune(before: string): Promise<void> {
    await this.#db.deleteFrom('operations').where('at', '<', before).execute();
  }
}
