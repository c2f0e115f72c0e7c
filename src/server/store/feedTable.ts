import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import type { Entity } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import { MetaTable } from './metaTable.ts';
import { fromJson, scopeOf, toJson } from './rows.ts';
import type { ChangeRow, Database, OperationKind } from './schema.ts';

/** One change of one entity, in the order of `seq`. */
export interface ChangeRecord {
  readonly seq: number;
  readonly entity: EntityKind;
  readonly id: string;
  readonly kind: OperationKind;
  readonly version: number;
  readonly at: string;
  readonly by: string;
  readonly opId: string;
  readonly projectId: string;
  readonly leftProjectId: string | null;
  /** Null after a deletion. */
  readonly data: Entity | null;
}

export interface NewChange {
  readonly entity: EntityKind;
  readonly id: string;
  readonly kind: OperationKind;
  readonly version: number;
  readonly at: string;
  readonly by: string;
  readonly opId: string;
  readonly previous: Entity | null;
  readonly next: Entity | null;
}

/** Limits the feed to some projects; null: everything. */
export type Scope = readonly string[] | null;

/** The log of everything that happened. */
export class FeedTable {
  readonly #db: Kysely<Database>;
  readonly #meta: MetaTable;
  #hasAppended = false;

  constructor(db: Kysely<Database>) {
    this.#db = db;
    this.#meta = new MetaTable(db);
  }

  /** @returns the number of the change */
  async append(change: NewChange): Promise<number> {
    const { previous, next } = change;
    const projectId = scopeOf((next ?? previous) as Entity);
    const left = previous && scopeOf(previous);
    const row = {
      entity: change.entity,
      entity_id: change.id,
      project_id: projectId,
      left_project_id: left === projectId ? null : left,
      kind: change.kind,
      version: change.version,
      at: change.at,
      actor: change.by,
      op_id: change.opId,
      data: next && toJson(change.entity, next),
    };
    const { seq } = await this.#db.insertInto('changes').values(row).returning('seq').executeTakeFirstOrThrow();
    this.#hasAppended = true;
    return seq;
  }

  /** Whether this transaction changed anything that readers of the feed wait for. */
  get hasAppended(): boolean {
    return this.#hasAppended;
  }

  /** The changes after a number, in order. */
  async after(seq: number, limit: number, scope: Scope): Promise<ChangeRecord[]> {
    let query = this.#db.selectFrom('changes').selectAll().where('seq', '>', seq);
    if (scope) query = query.where((eb) => touchesScope(eb, scope));
    return (await query.orderBy('seq').limit(limit).execute()).map(toRecord);
  }

  /** The number of the newest change, 0 if there is none. */
  async head(): Promise<number> {
    const row = await this.#db
      .selectFrom('changes')
      .select((eb) => eb.fn.max('seq').as('seq'))
      .executeTakeFirst();
    return Number(row?.seq ?? 0);
  }

  /** Changes up to this number are no longer kept. */
  async floor(): Promise<number> {
    return Number((await this.#meta.find(floorKey)) ?? 0);
  }

  /**
   * Whether changes after a number that a reader was given may be missing here: they were forgotten, or it comes from
   * data that was replaced by a backup.
   * @param head what {@link head} gives
   */
  async isForgotten(seq: number, head: number): Promise<boolean> {
    if (seq > head) return true;
    const query = this.#db.selectFrom('meta').selectAll().where('key', 'in', [floorKey, gapsKey]);
    const known = new Map((await query.execute()).map(({ key, value }) => [key, value]));
    if (seq < Number(known.get(floorKey) ?? 0)) return true;
    return parseGaps(known.get(gapsKey)).some(([after, last]) => seq > after && seq <= last);
  }

  /** Remembers numbers that were given to changes that are no longer here: those after `after`, up to `last`. */
  async forgetBetween(after: number, last: number): Promise<void> {
    const gaps = parseGaps((await this.#meta.find(gapsKey)) ?? undefined);
    await this.#meta.set(gapsKey, JSON.stringify([...gaps, [after, last]]));
  }

  /** Forgets changes from before a moment; the newest one always stays, so that {@link head} is known. */
  async prune(before: string): Promise<void> {
    const newest = await this.#db
      .selectFrom('changes')
      .select((eb) => eb.fn.max('seq').as('seq'))
      .where('at', '<', before)
      .executeTakeFirst();
    const floor = Math.min(Number(newest?.seq ?? 0), (await this.head()) - 1);
    if (floor <= (await this.floor())) return;
    await this.#db.deleteFrom('changes').where('seq', '<=', floor).execute();
    await this.#meta.set(floorKey, String(floor));
  }
}

const floorKey = 'changes_floor';
const gapsKey = 'changes_gaps';

function parseGaps(text = '[]'): readonly (readonly [after: number, last: number])[] {
  return JSON.parse(text) as [number, number][];
}

function touchesScope(eb: ExpressionBuilder<Database, 'changes'>, scope: readonly string[]): Expression<SqlBool> {
  if (scope.length === 0) return sql<SqlBool>`1 = 0`;
  return eb.or([eb('project_id', 'in', scope), eb('left_project_id', 'in', scope)]);
}

type StoredChange = Omit<ChangeRow, 'seq'> & { readonly seq: number };

function toRecord(row: StoredChange): ChangeRecord {
  return {
    seq: row.seq,
    entity: row.entity,
    id: row.entity_id,
    kind: row.kind,
    version: row.version,
    at: row.at,
    by: row.actor,
    opId: row.op_id,
    projectId: row.project_id,
    leftProjectId: row.left_project_id,
    data: row.data === null ? null : fromJson(row.entity, row.data),
  };
}
