import { type Act, actOf } from '../core/act.ts';
import { checkOperations } from '../core/checkOperations.ts';
import { Emitter } from '../core/emitter.ts';
import { type Entity, labelOf } from '../core/entity.ts';
import { isDtmError } from '../core/errors.ts';
import type { Author } from '../core/expand.ts';
import type { EntityKind } from '../core/ids.ts';
import { inverseOperations } from '../core/inverse.ts';
import type { Operation } from '../core/operation.ts';
import type { TrackerStore } from '../core/ports.ts';
import { hangingOn, movedOn, nothingIsLeft, nothingThere, stillUsed } from './undoRefusals.ts';
import type { Writing, WritingObserver } from './writing.ts';

/** A change that can be taken back, or be made again. */
export interface UndoableChange {
  /** Its name: what `undo` is told. */
  readonly id: string;
  readonly act: Act;
}

interface Entry extends UndoableChange {
  /** The last that was done of it: what has to be taken back, be it itself an undoing. */
  readonly operations: readonly Operation[];
}

export interface UndoHistoryOptions {
  readonly store: () => TrackerStore;
  readonly author: () => Author;
  readonly writing: Writing;
}

/** Older changes are forgotten. */
const mostChanges = 100;

/**
 * What this process has changed, in memory, and how to take it back: by new operations that apply only where the values
 * still are those that the change left. What others did, edits of the CSV files (whoever edits a file undoes there),
 * imports (they may be tens of thousands of rows) and decisions about conflicts (they stand for something that is not
 * there any more) are not in it.
 */
export class UndoHistory implements WritingObserver {
  readonly #options: UndoHistoryOptions;
  readonly #changed = new Emitter<void>();
  readonly #done: Entry[] = [];
  readonly #undone: Entry[] = [];
  /** The tracker that the entries are about: another one knows nothing of them. */
  #store: TrackerStore | undefined;
  /** One after the other: each needs to see what the one before has written. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: UndoHistoryOptions) {
    this.#options = options;
  }

  readonly onDidChange = this.#changed.event;

  /** What `undo` would take back. */
  get undoable(): UndoableChange | undefined {
    return this.#isCurrent() ? this.#done.at(-1) : undefined;
  }

  /** What `redo` would do again. */
  get redoable(): UndoableChange | undefined {
    return this.#isCurrent() ? this.#undone.at(-1) : undefined;
  }

  committed(operations: readonly Operation[]): void {
    const [first, ...rest] = operations;
    if (!first) return;
    if (!this.#isCurrent()) this.#begin();
    this.#undone.length = 0;
    this.#done.push({ id: first.opId, act: actOf([first, ...rest], (kind, id) => this.#nameOf(kind, id)), operations });
    this.#done.splice(0, this.#done.length - mostChanges);
    this.#changed.fire();
  }

  refused(operations: readonly Operation[]): void {
    this.#forget(this.#done, operations);
  }

  /**
   * Takes the last change back, or the one that is named; offline, too, and before the change itself has been sent.
   * @param id default: the last one
   * @returns what was taken back
   * @throws DtmError `not-found` if there is none; `conflict` naming entity and field where a value has moved on since,
   * or what else the tracker or the server refuse it with: then nothing was changed, and it is not offered again
   */
  undo(id?: string): Promise<UndoableChange> {
    return this.#move(this.#done, this.#undone, id);
  }

  /** Does again what was taken back last, with the same conditions. */
  redo(): Promise<UndoableChange> {
    return this.#move(this.#undone, this.#done);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #isCurrent(): boolean {
    return this.#store === this.#options.store();
  }

  #begin(): void {
    this.#store = this.#options.store();
    this.#done.length = 0;
    this.#undone.length = 0;
  }

  /** Waits for its turn, and lets the next one have its own as soon as the operations are visible. */
  async #move(from: Entry[], to: Entry[], id?: string): Promise<UndoableChange> {
    const before = this.#turn;
    let done = (): void => undefined;
    this.#turn = new Promise((resolve) => {
      done = resolve;
    });
    await before;
    try {
      return await this.#take(from, to, id, done);
    } finally {
      done();
      this.#changed.fire();
    }
  }

  async #take(from: Entry[], to: Entry[], id: string | undefined, written: () => void): Promise<UndoableChange> {
    if (!this.#isCurrent()) this.#begin();
    const index = id === undefined ? from.length - 1 : from.findIndex((one) => one.id === id);
    const [entry] = index < 0 ? [] : from.splice(index, 1);
    if (!entry) throw nothingThere(from === this.#done ? 'undo' : 'redo');
    const operations = inverseOperations(this.#options.author(), entry.operations);
    const committed = () => {
      to.push({ ...entry, operations });
      written();
    };
    try {
      this.#check(entry.act, operations);
      await this.#options.writing.write(operations, { committed, refused: () => this.#forget(to, operations) });
      return entry;
    } catch (error) {
      // A full disk says nothing about the change.
      if (isDtmError(error, 'cannot-write')) from.splice(index, 0, entry);
      throw error;
    }
  }

  #check(act: Act, operations: readonly Operation[]): void {
    const { visible } = this.#options.store();
    const hanging = hangingOn(act, visible, operations);
    if (hanging) throw stillUsed(act, hanging);
    try {
      if (checkOperations(visible, operations)) return;
    } catch (error) {
      throw movedOn(error, (kind, id) => this.#nameOf(kind, id));
    }
    throw nothingIsLeft(act);
  }

  #forget(entries: Entry[], operations: readonly Operation[]): void {
    const index = entries.findIndex((entry) => entry.operations[0]?.opId === operations[0]?.opId);
    if (index >= 0) entries.splice(index, 1);
    this.#changed.fire();
  }

  #nameOf(kind: EntityKind, id: string): string | undefined {
    const entity: Entity | undefined = this.#options.store().visible.get(kind, id);
    return entity && labelOf(entity);
  }
}
