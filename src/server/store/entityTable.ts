import type { Kysely } from 'kysely';
import type { Entity, EntityByKind } from '../../core/entity.ts';
import { searchWords } from '../../core/evaluate.ts';
import { type EntityKind, kindOfId } from '../../core/ids.ts';
import { indexedWord } from './indexedWord.ts';
import { type Listing, type ListQuery, listEntities } from './listing.ts';
import { fromRow, toRow } from './rows.ts';
import { type Database, tableOf } from './schema.ts';

/** The live projects, sprints and tasks. */
export class EntityTable {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async find<K extends EntityKind>(kind: K, id: string): Promise<EntityByKind[K] | null> {
    // What cannot be an id is not asked for: PostgreSQL refuses NUL even in a comparison.
    if (kindOfId(id) !== kind) return null;
    const row = await this.#db.selectFrom(tableOf(kind)).selectAll().where('id', '=', id).executeTakeFirst();
    return row ? (fromRow(kind, row) as EntityByKind[K]) : null;
  }

  /** The entity with an id of any kind. */
  async findAny(id: string): Promise<Entity | null> {
    const kind = kindOfId(id);
    return kind ? this.find(kind, id) : null;
  }

  list(kind: EntityKind, query: ListQuery): Promise<Listing> {
    return listEntities(this.#db, kind, query);
  }

  /** The sprints of a project. */
  async sprintsOf(projectId: string): Promise<EntityByKind['sprint'][]> {
    const query = this.#db.selectFrom(tableOf('sprint')).selectAll().where('project_id', '=', projectId);
    return (await query.orderBy('id').execute()).map((row) => fromRow('sprint', row) as EntityByKind['sprint']);
  }

  /** The tasks of a project or a sprint. */
  async tasksOf(field: 'project_id' | 'sprint_id', id: string): Promise<EntityByKind['task'][]> {
    const query = this.#db.selectFrom(tableOf('task')).selectAll().where(field, '=', id);
    return (await query.orderBy('id').execute()).map((row) => fromRow('task', row) as EntityByKind['task']);
  }

  /** Adds or replaces an entity, with the words by which lists find it. */
  async save(kind: EntityKind, entity: Entity, previous: Entity | null, seq: number): Promise<void> {
    const row = toRow(kind, entity, seq);
    if (previous) await this.#db.updateTable(tableOf(kind)).set(row).where('id', '=', entity.id).execute();
    else await this.#db.insertInto(tableOf(kind)).values(row).execute();
    await this.#replaceWords(entity, previous);
    await this.#replaceMemberships(entity, previous);
  }

  async remove(kind: EntityKind, id: string): Promise<void> {
    await this.#db.deleteFrom(tableOf(kind)).where('id', '=', id).execute();
    await this.#db.deleteFrom('search_words').where('entity_id', '=', id).execute();
    await this.#db.deleteFrom('memberships').where('entity_id', '=', id).execute();
  }

  async #replaceWords(entity: Entity, previous: Entity | null): Promise<void> {
    const before = new Set(previous ? searchWords(previous).map(indexedWord) : []);
    const after = new Set(searchWords(entity).map(indexedWord));
    const gone = [...before].filter((word) => !after.has(word));
    const added = [...after].filter((word) => !before.has(word)).map((word) => ({ entity_id: entity.id, word }));
    for (const words of slices(gone)) {
      await this.#db.deleteFrom('search_words').where('entity_id', '=', entity.id).where('word', 'in', words).execute();
    }
    for (const rows of slices(added)) await this.#db.insertInto('search_words').values(rows).execute();
  }

  async #replaceMemberships(entity: Entity, previous: Entity | null): Promise<void> {
    const rows = memberships(entity);
    if (previous && JSON.stringify(memberships(previous)) === JSON.stringify(rows)) return;
    await this.#db.deleteFrom('memberships').where('entity_id', '=', entity.id).execute();
    for (const part of slices(rows)) await this.#db.insertInto('memberships').values(part).execute();
  }
}

interface Membership {
  readonly entity_id: string;
  readonly field: string;
  readonly word: string;
}

function memberships(entity: Entity): Membership[] {
  const rows = (field: string, words: readonly string[]) =>
    [...new Set(words)].map((word) => ({ entity_id: entity.id, field, word }));
  return [
    ...('labels' in entity ? rows('labels', entity.labels) : []),
    ...('assignees' in entity ? rows('assignees', entity.assignees) : []),
  ];
}

/** A statement takes a limited number of parameters: SQLite 32,766, PostgreSQL 65,535. */
function* slices<T>(items: readonly T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += 500) yield items.slice(start, start + 500);
}
