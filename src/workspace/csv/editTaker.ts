import { createHash } from 'node:crypto';
import { OperationTrial, type Seen } from '../../core/checkOperations.ts';
import { creationOf, inCreationOrder } from '../../core/creation.ts';
import type { Undeletable } from '../../core/csvEdits.ts';
import { type Draft, newEntity } from '../../core/draft.ts';
import { type Entity, kindOf } from '../../core/entity.ts';
import { DtmError, isDtmError } from '../../core/errors.ts';
import { type Author, deleteOperations, statusOperations, updateOperation } from '../../core/expand.ts';
import { type EntityKind, newEntityId } from '../../core/ids.ts';
import { canStep } from '../../core/lifecycle.ts';
import type { Operation } from '../../core/operation.ts';
import type { VisibleState } from '../../core/ports.ts';
import type { OutsideRow, OutsideTable, TableProblem } from './outsideTable.ts';
import { rowProblem } from './rowCells.ts';
import type { NewRow, RowEdit, UnknownRow } from './rowComparison.ts';

export interface TakerOptions {
  readonly visible: VisibleState;
  readonly isKnown: (id: string) => boolean;
  readonly author: Author;
}

/** A table, and what is wrong with it: found here, too. */
interface Place {
  readonly table: OutsideTable;
  readonly problems: TableProblem[];
}

/** Makes operations of what people did to tables. What cannot be done becomes a problem of its row, and holds up nothing else. */
export class EditTaker {
  readonly operations: Operation[] = [];
  /** Rows that are taken over as they are. */
  readonly adopted: Entity[] = [];
  readonly #options: TakerOptions;
  readonly #trial: OperationTrial;
  readonly #visible: VisibleState;

  constructor(options: TakerOptions) {
    this.#options = options;
    this.#visible = options.visible;
    this.#trial = new OperationTrial(options.visible as Seen);
  }

  adopt(rows: readonly { readonly line: number; readonly entity: Entity }[], place: Place): void {
    const lines = new Map(rows.map(({ line, entity }) => [entity.id, line]));
    for (const entity of inCreationOrder(rows.map((row) => row.entity))) {
      this.#attempt(place, lines.get(entity.id) ?? 1, () => {
        this.#trial.adopt(entity);
        this.adopted.push(entity);
      });
    }
  }

  /** @returns whether it could be made */
  edit(kind: EntityKind, edit: RowEdit, place: Place): boolean {
    return this.#attempt(place, edit.line, () => {
      const now = this.#trial.find(edit.id) ?? this.#visible.get(kind, edit.id);
      if (!now) throw deletedHere(edit.id);
      const base = { ...now, id: edit.id, ...edit.before } as Entity;
      this.#add(editOperations(this.#options.author, kind, base, edit.after));
    });
  }

  /** Puts back what was deleted here and stands in the file all the same. */
  restore(kind: EntityKind, row: UnknownRow, place: Place): boolean {
    const before = row.deleted;
    if (!before) return this.edit(kind, row, place);
    return this.#attempt(place, row.line, () => {
      const { account, surface, reason } = this.#options.author;
      const header = { opId: this.#options.author.newId(), entity: kind, id: row.id, at: this.#options.author.now() };
      const why = reason === undefined ? {} : { reason };
      this.#add([{ ...header, account, surface, ...why, kind: 'restore', before }]);
    });
  }

  /**
   * Creates what new rows say, after what they refer to.
   * @param salt with the row's content it makes the id, so that a repetition after a crash makes the same one
   * @returns the ids of the rows that were taken over
   */
  create(kind: EntityKind, rows: readonly NewRow[], salt: string, place: Place): ReadonlyMap<OutsideRow, string> {
    const ids = new Map<OutsideRow, string>();
    for (const { entity, row } of this.#drafted(kind, rows, salt, place)) {
      const make = () => entity && this.#add(creationOf(this.#options.author, [entity]));
      if (this.#attempt(place, row.line, make)) ids.set(row, entity?.id ?? row.id);
    }
    return ids;
  }

  /** The same, all or none: what is created of a file that stays as it is would be met again. */
  createAll(kind: EntityKind, rows: readonly NewRow[], salt: string, place: Place): ReadonlyMap<OutsideRow, string> {
    const before = place.problems.length;
    const drafted = this.#drafted(kind, rows, salt, place);
    const trial = new OperationTrial({ get: (_kind, id) => (this.#trial.find(id) as never) ?? undefined });
    for (const { entity, row } of drafted)
      this.#attempt(place, row.line, () => entity && trial.add(creationOf(this.#options.author, [entity])));
    if (place.problems.length > before) return new Map();
    for (const { entity } of drafted) if (entity) this.#add(creationOf(this.#options.author, [entity]));
    return new Map(drafted.map(({ row, id }) => [row, id]));
  }

  /** The entities of new rows, in the order in which they can be created; none where there is one already. */
  #drafted(kind: EntityKind, rows: readonly NewRow[], salt: string, place: Place) {
    const used = new Set<string>();
    const byId = new Map<string, { row: OutsideRow; id: string; entity: Entity | undefined }>();
    for (const { row, draft, entity } of rows) {
      const id = row.id || derivedId(kind, [salt, ...row.cells], used);
      used.add(id);
      this.#attempt(place, row.line, () => {
        const isNew = !this.#options.isKnown(id);
        byId.set(id, { row, id, entity: isNew ? (entity ?? this.#newEntity(kind, id, draft)) : undefined });
      });
    }
    const entities = [...byId.values()].flatMap(({ entity }) => entity ?? []);
    const order = new Map(inCreationOrder(entities).map(({ id }, index) => [id, index]));
    return [...byId.values()].toSorted((a, b) => (order.get(a.id) ?? -1) - (order.get(b.id) ?? -1));
  }

  /** @returns those that cannot be deleted, and why */
  delete(entities: readonly Entity[]): Undeletable[] {
    const order: Readonly<Record<EntityKind, number>> = { task: 0, sprint: 1, project: 2 };
    const refused: Undeletable[] = [];
    for (const entity of entities.toSorted((a, b) => order[kindOf(a)] - order[kindOf(b)])) {
      try {
        const has = this.#dependentsOf(entity);
        this.#add(deleteOperations(this.#options.author, kindOf(entity), entity, has, false));
      } catch (error) {
        if (!isDtmError(error)) throw error;
        refused.push({ entity, reason: error.message });
      }
    }
    return refused;
  }

  #newEntity(kind: EntityKind, id: string, draft: Draft): Entity {
    const { author } = this.#options;
    const [only, another] = kind === 'project' || draft.projectId ? [] : [...this.#visible.all('project')];
    // Who has one project need not name it in each row.
    const whole = only && !another ? { ...draft, projectId: only.id } : draft;
    return newEntity(kind, id, whole, author.now(), author.account);
  }

  #dependentsOf({ id }: Entity) {
    const left = <E extends Entity>(all: Iterable<E>) => [...all].filter((one) => this.#trial.find(one.id));
    if (id.startsWith('T-')) return { sprints: [], tasks: [] };
    return { sprints: left(this.#visible.sprintsOf(id)), tasks: left(this.#visible.tasksOf(id)) };
  }

  /** A conflict is no problem of the row: the queue keeps both sides, and the person decides. */
  #add(operations: readonly Operation[]): void {
    const before = operations.map(({ id }) => this.#trial.find(id));
    try {
      this.#trial.add(operations);
    } catch (error) {
      if (!isDtmError(error, 'conflict')) throw error;
      this.operations.push(...operations);
      return;
    }
    const changes = operations.some(({ id }, index) => this.#trial.find(id) !== before[index]);
    if (changes) this.operations.push(...operations);
  }

  #attempt(place: Place, line: number, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!isDtmError(error)) throw error;
      place.problems.push(rowProblem(place.table, line, error));
      return false;
    }
  }
}

function deletedHere(id: string): DtmError {
  return new DtmError('not-found', `${id} was deleted here`, {
    hint: 'Remove the row; or empty its id, and it becomes a new entry.',
  });
}

/** A status that is several steps away is reached in steps; the other fields change with the first one. */
function editOperations(author: Author, kind: EntityKind, base: Entity, after: Draft): Operation[] {
  const { status, ...others } = after;
  const target = String(status ?? base.status);
  if (canStep(kind, base.status, target)) return [updateOperation(author, kind, base, after)];
  const [first, ...rest] = statusOperations(author, kind, base, target);
  if (first?.kind !== 'update') return [];
  const edit = updateOperation(author, kind, base, others);
  if (edit.kind !== 'update') return [];
  return [{ ...first, set: { ...edit.set, ...first.set }, sets: edit.sets }, ...rest];
}

/** The same content gives the same id; a second row with it another one. */
function derivedId(kind: EntityKind, content: readonly string[], used: ReadonlySet<string>): string {
  for (let count = 0; ; count++) {
    const hash = createHash('sha256').update(JSON.stringify([kind, count, ...content]));
    const bytes = hash.digest();
    const id = newEntityId(kind, (wanted) => bytes.subarray(0, wanted));
    if (!used.has(id)) return id;
  }
}
