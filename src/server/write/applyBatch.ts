import { setImmediate } from 'node:timers/promises';
import { DtmError } from '../../core/errors.ts';
import type { Operation } from '../../core/operation.ts';
import { prerequisites } from '../../core/rebase.ts';
import type { Store, Transaction } from '../store/store.ts';
import { applyOne, findDuplicate } from './applyOne.ts';
import type { BatchEntry } from './batchEntry.ts';
import { isSettled, type Outcome } from './outcome.ts';
import type { Writer } from './stamp.ts';

/**
 * How long one database transaction takes units in before it commits, in milliseconds. A commit costs as much as dozens
 * of operations. The embedded database answers at once, so nothing else runs meanwhile; on PostgreSQL only other writers
 * wait.
 */
const longestMs = { sqlite: 20, postgresql: 100 } as const;

/**
 * Applies a batch in order: each operation by itself, operations of one group together; one that fails undoes nothing
 * else. Several are committed at once, and all before the answer: if the process dies, the client asks again.
 * @returns one outcome per entry, at the same place
 */
export async function applyBatch(
  store: Store,
  entries: readonly BatchEntry[],
  writer: () => Writer,
): Promise<Outcome[]> {
  const outcomes = new Map<BatchEntry, Outcome>();
  const units = unitsOf(entries);
  let failures = new Failures();
  for (let next = 0; next < units.length; ) {
    const begun = failures;
    const done = await store.write((tx) => applyUnits(tx, store.engine, units.slice(next), begun.copy(), writer));
    for (const [entry, outcome] of done.outcomes) outcomes.set(entry, outcome);
    failures = done.failures;
    next += done.units;
    // Other requests come in between: the embedded database would else never let them.
    await setImmediate();
  }
  return entries.map((entry) => outcomes.get(entry) as Outcome);
}

interface Done {
  readonly outcomes: ReadonlyMap<BatchEntry, Outcome>;
  readonly failures: Failures;
  readonly units: number;
}

/** As many units as there is time for, at least one. */
async function applyUnits(
  tx: Transaction,
  engine: Store['engine'],
  units: readonly (readonly BatchEntry[])[],
  failures: Failures,
  writer: () => Writer,
): Promise<Done> {
  const outcomes = new Map<BatchEntry, Outcome>();
  const begun = performance.now();
  let count = 0;
  for (const unit of units) {
    if (count > 0 && performance.now() - begun > longestMs[engine]) break;
    const results = await applyUnit(tx, unit, failures, writer());
    unit.forEach((member, index) => {
      const outcome = results[index] as Outcome;
      outcomes.set(member, outcome);
      if (!isSettled(outcome)) failures.add(member);
    });
    count += 1;
  }
  return { outcomes, failures, units: count };
}

/** Groups, and what belongs to none by itself, in the order in which they begin. */
function unitsOf(entries: readonly BatchEntry[]): (readonly BatchEntry[])[] {
  const units = new Map<unknown, BatchEntry[]>();
  for (const entry of entries) {
    const unit = units.get(entry.groupId ?? entry);
    if (unit) unit.push(entry);
    else units.set(entry.groupId ?? entry, [entry]);
  }
  return [...units.values()];
}

async function applyUnit(
  tx: Transaction,
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
  if (blocked) return skipUnit(tx, operations, blocked);
  return applyInPart(tx, operations, writer);
}

function unreadable({ content }: BatchEntry): Outcome {
  if (content instanceof DtmError) return { outcome: 'rejected', problem: content };
  return { outcome: 'skipped', problem: groupFailed() };
}

/** What was applied in an earlier batch is a duplicate, even where what it once depended on fails now. */
async function skipUnit(tx: Transaction, operations: readonly Operation[], blocked: Operation): Promise<Outcome[]> {
  const problem = skipped(`an operation that ${blocked.id} depends on failed`);
  const outcomes: Outcome[] = [];
  for (const operation of operations) {
    outcomes.push((await findDuplicate(tx, operation.opId)) ?? { outcome: 'skipped', problem });
  }
  return outcomes;
}

/** Rolls a part of the transaction back and carries the outcomes out of it. */
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
export function applyTogether(store: Store, operations: readonly Operation[], writer: Writer): Promise<Outcome[]> {
  return withoutRollback(store.write((tx) => applyAll(tx, operations, writer)));
}

/** The same as a part of a transaction that goes on. */
function applyInPart(tx: Transaction, operations: readonly Operation[], writer: Writer): Promise<Outcome[]> {
  return withoutRollback(tx.part(() => applyAll(tx, operations, writer)));
}

async function applyAll(tx: Transaction, operations: readonly Operation[], writer: Writer): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const operation of operations) {
    const outcome = await applyOne(tx, operation, writer);
    outcomes.push(outcome);
    if (!isSettled(outcome)) throw new RolledBack(operations.map((_, index) => undone(outcomes[index])));
  }
  return outcomes;
}

async function withoutRollback(work: Promise<Outcome[]>): Promise<Outcome[]> {
  try {
    return await work;
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

  copy(): Failures {
    const copy = new Failures();
    for (const id of this.#ids) copy.#ids.add(id);
    for (const id of this.#missing) copy.#missing.add(id);
    return copy;
  }

  add(entry: BatchEntry): void {
    this.#ids.add(entry.id);
    if (entry.makes) this.#missing.add(entry.id);
  }

  block(operation: Operation): boolean {
    return this.#ids.has(operation.id) || prerequisites(operation).some((id) => this.#missing.has(id));
  }
}
