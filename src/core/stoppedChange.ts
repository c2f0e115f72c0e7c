import { type Entity, editableFields, fieldValue, kindOf } from './entity.ts';
import type { EntityKind } from './ids.ts';
import { forcedList, type Intention, intentionOf } from './intention.ts';
import { jsonEqual } from './json.ts';
import { listBefore } from './listChange.ts';
import type { Operation } from './operation.ts';
import type { Problem } from './problem.ts';

/** The part of a stopped change that is about one entity. */
export interface ChangedEntity {
  readonly entity: EntityKind;
  readonly id: string;
  /** What the person did, in journal order; a resolution stands for all of it. */
  readonly operations: readonly Operation[];
  /** The entity as everybody else has it, with what else waits here; null: it is not there. */
  readonly current: Entity | null;
  /** Where it is not there any more: how it was last seen here. */
  readonly lastSeen: Entity | undefined;
}

/** A change that the server did not take, with everything that can only be decided together with it. */
export interface StoppedChange extends ChangedEntity {
  /** The id of the operation that was refused: its name. */
  readonly opId: string;
  readonly state: 'conflict' | 'rejected';
  readonly problem: Problem | undefined;
  /** Other entities that are changed together with this one or not at all. */
  readonly companions: readonly ChangedEntity[];
  /** Operations that wait until the entity exists (again), in journal order. */
  readonly waiting: readonly Operation[];
}

/**
 * What stands against what. `deleted-there`: edited here, deleted by others; `deleted-here`: the other way round;
 * `create`: it is not known anywhere else.
 */
export type Contradiction = 'fields' | 'deleted-there' | 'deleted-here' | 'create';

export function contradictionOf({ operations, current }: ChangedEntity): Contradiction {
  const { deleted, image } = intentionOf(operations);
  if (deleted) return 'deleted-here';
  if (current) return 'fields';
  return image && operations[0]?.kind === 'create' ? 'create' : 'deleted-there';
}

/** One field of a stopped change. A set field is shown as the whole set. */
export interface FieldChoice {
  readonly field: string;
  /** What the person saw when they changed it; null where there was nothing. */
  readonly base: unknown;
  /** Undefined: they deleted the entity. */
  readonly mine: unknown;
  /** Undefined: the entity is not there. */
  readonly theirs: unknown;
  /** Whether others changed it too, to something else. Where nobody did, the person's value stands. */
  readonly contradicts: boolean;
}

/** The fields in which the person's version and that of the others differ. */
export function fieldChoices(change: ChangedEntity): readonly FieldChoice[] {
  const { operations, current, lastSeen } = change;
  const intention = intentionOf(operations);
  if (intention.deleted) return current ? deletionChoices(intention.deleted, current) : [];
  if (intention.image) return imageChoices(intention.image, current);
  return current ? updateChoices(intention, current) : updateChoices(intention, lastSeen).map(withoutTheirs);
}

/**
 * Whether it is two edits of one field that contradict each other, and nothing else: then either side can be taken.
 * Not where something was deleted, be it only what a field refers to.
 */
export function isBetweenEdits(change: StoppedChange): boolean {
  if (change.state !== 'conflict' || contradictionOf(change) !== 'fields') return false;
  return fieldChoices(change).some(({ contradicts }) => contradicts);
}

function deletionChoices(seen: Entity, current: Entity): FieldChoice[] {
  return fieldsOf(current).flatMap((field) => {
    const [base, theirs] = [fieldValue(seen, field), fieldValue(current, field)];
    return jsonEqual(base, theirs) ? [] : [{ field, base, mine: undefined, theirs, contradicts: true }];
  });
}

function imageChoices(image: Entity, current: Entity | null): FieldChoice[] {
  return fieldsOf(image).flatMap((field) => {
    const mine = fieldValue(image, field);
    const theirs = current ? fieldValue(current, field) : undefined;
    if (current ? jsonEqual(mine, theirs) : isEmpty(mine)) return [];
    return [{ field, base: null, mine, theirs, contradicts: current !== null }];
  });
}

function updateChoices({ scalars, lists }: Intention, current: Entity | undefined): FieldChoice[] {
  const single = [...scalars].map(([field, { from, to }]): FieldChoice => {
    const theirs = current && fieldValue(current, field);
    return { field, base: from, mine: to, theirs, contradicts: !jsonEqual(theirs, from) };
  });
  const sets = [...lists].map(([field, changes]): FieldChoice => {
    const theirs = current ? (fieldValue(current, field) as readonly unknown[]) : [];
    const base = listBefore(field, theirs, changes);
    const mine = current ? forcedList(current, field, changes) : changes.flatMap(({ add }) => add);
    return { field, base, mine, theirs, contradicts: !jsonEqual(theirs, base) };
  });
  return [...single, ...sets].filter(({ mine, theirs }) => !jsonEqual(mine, theirs));
}

function withoutTheirs(choice: FieldChoice): FieldChoice {
  return { ...choice, theirs: undefined, contradicts: true };
}

function fieldsOf(entity: Entity): readonly string[] {
  return editableFields(kindOf(entity));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** Who made a change, and when (RFC 3339). */
export interface Signature {
  readonly by: string;
  readonly at: string;
}

export function mySignature({ operations }: ChangedEntity): Signature | undefined {
  const last = operations.at(-1);
  return last && { by: last.account, at: last.at };
}

/** Undefined where nobody else's version is there: a server does not tell who deleted it. */
export function theirSignature({ current }: ChangedEntity): Signature | undefined {
  return current ? { by: current.updatedBy, at: current.updatedAt } : undefined;
}
