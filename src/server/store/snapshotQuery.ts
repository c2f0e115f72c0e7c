import { type Kysely, sql } from 'kysely';
import { type EntityKind, entityKinds } from '../../core/ids.ts';
import type { ChangeRecord, Scope } from './feedTable.ts';
import { fromRow, scopeOf } from './rows.ts';
import { type Database, type EntityRow, tableOf } from './schema.ts';
import { toTombstone } from './tombstoneTable.ts';

/** Parts of a snapshot in the order in which they are sent: parents first, the deleted last. */
export const snapshotParts = [...entityKinds, 'tombstone'] as const;
export type SnapshotPart = (typeof snapshotParts)[number];

export interface SnapshotPosition {
  readonly part: SnapshotPart;
  /** The last id of the part that was sent; empty: none yet. */
  readonly afterId: string;
}

/**
 * One stretch of the state as it stood at change `upTo`, as changes. What was changed later is left out: the tail after
 * `upTo` brings it, so that nothing is sent twice or missed however long the paging takes.
 */
export function snapshotPage(
  db: Kysely<Database>,
  position: SnapshotPosition,
  upTo: number,
  limit: number,
  scope: Scope,
): Promise<ChangeRecord[]> {
  return position.part === 'tombstone'
    ? tombstonePage(db, position.afterId, upTo, limit, scope)
    : entityPage(db, position.part, position.afterId, upTo, limit, scope);
}

async function entityPage(
  db: Kysely<Database>,
  kind: EntityKind,
  afterId: string,
  upTo: number,
  limit: number,
  scope: Scope,
): Promise<ChangeRecord[]> {
  let query = db.selectFrom(tableOf(kind)).selectAll().where('id', '>', afterId).where('seq', '<=', upTo);
  const column = kind === 'project' ? 'id' : 'project_id';
  if (scope) query = query.where(scope.length > 0 ? (eb) => eb(column, 'in', scope) : sql<boolean>`1 = 0`);
  const rows = await query.orderBy('id').limit(limit).execute();
  const operations = await operationsOf(db, rows);
  return rows.map((row) => {
    const data = fromRow(kind, row);
    const seq = Number(row.seq);
    return {
      seq,
      entity: kind,
      id: data.id,
      kind: data.version === 1 ? ('create' as const) : ('update' as const),
      version: data.version,
      at: data.updatedAt,
      by: data.updatedBy,
      opId: operations.get(seq) ?? '',
      projectId: scopeOf(data),
      leftProjectId: null,
      data,
    };
  });
}

/** The operations behind the last changes of some rows; a change that was pruned is not found. */
async function operationsOf(db: Kysely<Database>, rows: readonly EntityRow[]): Promise<Map<number, string>> {
  if (rows.length === 0) return new Map();
  const numbers = rows.map((row) => Number(row.seq));
  const found = await db.selectFrom('changes').select(['seq', 'op_id']).where('seq', 'in', numbers).execute();
  return new Map(found.map((row) => [row.seq, row.op_id]));
}

async function tombstonePage(
  db: Kysely<Database>,
  afterId: string,
  upTo: number,
  limit: number,
  scope: Scope,
): Promise<ChangeRecord[]> {
  let query = db.selectFrom('tombstones').selectAll().where('id', '>', afterId).where('seq', '<=', upTo);
  if (scope) query = query.where(scope.length > 0 ? (eb) => eb('project_id', 'in', scope) : sql<boolean>`1 = 0`);
  const rows = await query.orderBy('id').limit(limit).execute();
  return rows.map((row) => ({
    ...toTombstone(row),
    kind: 'delete' as const,
    projectId: row.project_id,
    leftProjectId: null,
    data: null,
  }));
}
