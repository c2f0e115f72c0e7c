import type { Kysely } from 'kysely';
import type { EntityKind } from '../../core/ids.ts';
import type { FieldChange, Surface } from '../../core/operation.ts';
import type { AuditRow, Database, OperationKind } from './schema.ts';

/** Who did what to an entity, and why. */
export interface AuditRecord {
  /** The number of the change in the feed. */
  readonly seq: number;
  readonly entity: EntityKind;
  readonly id: string;
  readonly kind: OperationKind;
  readonly version: number;
  readonly at: string;
  readonly by: string;
  readonly surface: Surface;
  readonly opId: string;
  readonly requestId: string | null;
  readonly reason: string | null;
  readonly fields: Readonly<Record<string, FieldChange>>;
}

/** Which records; `since` is inclusive, `until` exclusive (days or moments, UTC). */
export interface AuditFilter {
  readonly entity?: EntityKind | undefined;
  readonly id?: string | undefined;
  readonly actor?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Only what is older than this number. */
  readonly before?: number | undefined;
}

/** The history of changes: written with each of them, never changed, never removed. */
export class AuditTable {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async add(record: AuditRecord): Promise<void> {
    const { id, by, opId, requestId, fields, ...rest } = record;
    const names = { entity_id: id, actor: by, op_id: opId, request_id: requestId };
    await this.#db
      .insertInto('audit')
      .values({ ...rest, ...names, fields: JSON.stringify(fields) })
      .execute();
  }

  /** What one operation did to an entity; null if it did nothing. */
  async find(id: string, opId: string): Promise<AuditRecord | null> {
    const query = this.#db.selectFrom('audit').selectAll().where('entity_id', '=', id).where('op_id', '=', opId);
    const row = await query.executeTakeFirst();
    return row ? toRecord(row) : null;
  }

  /** The newest first. */
  async list(filter: AuditFilter, limit: number): Promise<AuditRecord[]> {
    let query = this.#db.selectFrom('audit').selectAll();
    if (filter.entity !== undefined) query = query.where('entity', '=', filter.entity);
    if (filter.id !== undefined) query = query.where('entity_id', '=', filter.id);
    if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor);
    if (filter.since !== undefined) query = query.where('at', '>=', filter.since);
    if (filter.until !== undefined) query = query.where('at', '<', filter.until);
    if (filter.before !== undefined) query = query.where('seq', '<', filter.before);
    return (await query.orderBy('seq', 'desc').limit(limit).execute()).map(toRecord);
  }
}

function toRecord({ entity_id, actor, op_id, request_id, fields, seq, ...rest }: AuditRow): AuditRecord {
  return {
    ...rest,
    seq: Number(seq),
    id: entity_id,
    by: actor,
    opId: op_id,
    requestId: request_id,
    fields: JSON.parse(fields) as AuditRecord['fields'],
  };
}
