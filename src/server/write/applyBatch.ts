import { DtmError } from '../../core/errors.ts';
import type { Operation } from '../../core/operation.ts';
import { prerequisites } from '../../core/rebase.ts';
import type { Store } from '../store/store.ts';
import { applyOne, findDuplicate } from './applyOne.ts';
import type { BatchEntry } from './batchEntry.ts';
import { Breather } from './breather.ts';
import { isSettled, type Outcome } from './outcome.ts';
import type { Writer } from './stamp.ts';

/**
 * Applies a batch in order: each operation in a transaction of its own, operations of one group together in one.
 * @returns one outcome per entry, at the same place
 */
export async function applyBatch(
  store: Store,
  entries: readonly BatchEntry[],
  writer: () => Writer,
): Promise<Outcome[]> {
  const outcomes = new Map<BatchEntry, Outcome>();
  const failures = new Failures();
  const breather = new Breather();
  for (const entry of entries) {
    if (outcomes.has(entry)) continue;
    await breather.breathe();
    const unit = unitOf(entries, entry);
    const results = await applyUnit(store, unit, failures, writer());
    unit.forEach((member, index) => {
      const outcome = results[index] as Outcome;
      outcomes.set(member, outcome);
      if (!isSettled(outcome)) failures.add(member);
    });
  }
  return entries.map((entry) => outcomes.get(entry) as Outcome);
}

/** What is applied together with an entry: its group, else only itself. */
function unitOf(entries: readonly BatchEntry[], entry: BatchEntry): readonly BatchEntry[] {
  if (entry.groupId === undefined) return [entry];
  return entries.filter((other) => other.groupId === entry.groupId);
}

async function applyUnit(
  store: Store,
  unit: readonly BatchEntry[],
  failures: Failures,
  writer: Writer,
): Promise<Outcome[]> {
  const operations: Operation[] = [];
  for (const { content } of unit) {
    if (content instanceof DtmError) return unit.map((entry) => unreadable(entry));
    operations.push(content);
  }
  const blocked = operations.find((operation) => failures.block(operation));
  if (blocked) return skipUnit(store, operations, blocked);
  return applyTogether(store, operations, writer);
}

function unreadable({ content }: BatchEntry): Outcome {
  if (content instanceof DtmError) return { outcome: 'rejected', problem: content };
  return { outcome: 'skipped', problem: groupFailed() };
}

/** What was applied in an earlier batch is a duplicate, even where what it once depended on fails now. */
function skipUnit(store: Store, operations: readonly Operation[], blocked: Operation): Promise<Outcome[]> {
  const problem = skipped(`an operation that ${blocked.id} depends on failed`);
  return store.read(async (tx) => {
    const outcomes: Outcome[] = [];
    for (const operation of operations) {
      outcomes.push((await findDuplicate(tx, operation.opId)) ?? { outcome: 'skipped', problem });
    }
    return outcomes;
  });
}

/** Rolls the transaction back and carries the outcomes out of it. */
class RolledBack extends Error {
  readonly outcomes: Outcome[];

  constructor(outcomes: Outcome[]) {
    super('rolled back');
    this.outcomes = outcomes;
  }
}

/**
 * Applies all of some operations in one transaction, or none: one that fails takes the others along as `skipped`.
 * @returns one outcome per operation
 */
export async function applyTogether(
  store: Store,
  operations: readonly Operation[],
  writer: Writer,
): Promise<Outcome[]> {
  try {
    return await store.write(async (tx) => {
      const outcomes: Outcome[] = [];
      for (const operation of operations) {
        const outcome = await applyOne(tx, operation, writer);
        outcomes.push(outcome);
        if (!isSettled(outcome)) throw new RolledBack(operations.map((_, index) => undone(outcomes[index])));
      }
      return outcomes;
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.outcomes;
    throw error;
  }
}

/** What an operation comes to when its group is rolled back: only what failed or was there before keeps its outcome. */
function undone(outcome: Outcome | undefined): Outcome {
  if (outcome && outcome.outcome !== 'applied') return outcome;
  return { outcome: 'skipped', problem: groupFailed() };
}

function groupFailed(): DtmError {
  return skipped('another operation of its group failed, and a group is applied as a whole or not at all');
}

function skipped(why: string): DtmError {
  return new DtmError('conflict', why, { hint: 'Settle the operation that failed, then send this one again.' });
}

/** What failed in this batch so far, and what must not be tried because of it. */
class Failures {
  /** Entities with a failed operation: later operations of the same entity build on it. */
  readonly #ids = new Set<string>();
  /** Entities that should have come into being: whatever refers to them must wait. */
  readonly #missing = new Set<string>();

  add(entry: BatchEntry): void {
    this.#ids.add(entry.id);
    if (entry.makes) this.#missing.add(entry.id);
  }

  block(operation: Operation): boolean {
    return this.#ids.has(operation.id) || prerequisites(operation).some((id) => this.#missing.has(id));
  }
}
