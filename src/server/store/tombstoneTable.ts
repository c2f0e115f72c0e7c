import type { Kysely } from 'kysely';
import type { Entity } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import { fromJson, scopeOf, toJson } from './rows.ts';
import type { Database, TombstoneRow } from './schema.ts';

/** What is left of a deleted entity, from which it can be restored. */
export interface Tombstone {
  readonly entity: EntityKind;
  readonly id: string;
  /** The version that the deletion made. */
  readonly version: number;
  readonly at: string;
  readonly by: string;
  readonly opId: string;
  readonly seq: number;
  /** The entity as it was. */
  readonly before: Entity;
}

/** The deleted entities. */
export class TombstoneTable {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async find(id: string): Promise<Tombstone | null> {
    const row = await this.#db.selectFrom('tombstones').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? toTombstone(row) : null;
  }

  async add(tombstone: Tombstone): Promise<void> {
    const row = {
      id: tombstone.id,
      entity: tombstone.entity,
      project_id: scopeOf(tombstone.before),
      version: tombstone.version,
      at: tombstone.at,
      actor: tombstone.by,
      op_id: tombstone.opId,
      seq: tombstone.seq,
      data: toJson(tombstone.entity, tombstone.before),
    };
    await this.#db.insertInto('tombstones').values(row).execute();
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('tombstones').where('id', '=', id).execute();
  }

  /** Forgets deletions from before a moment. */
  async prune(before: string): Promise<void> {
    await this.#db.deleteFrom('tombstones').where('at', '<', before).execute();
  }
}

export function toTombstone(row: TombstoneRow): Tombstone {
  return {
    entity: row.entity,
    id: row.id,
    version: row.version,
    at: row.at,
    by: row.actor,
    opId: row.op_id,
    seq: row.seq,
    before: fromJson(row.entity, row.data),
  };
}
