import { changesOf, type Draft } from './draft.ts';
import type { Entity } from './entity.ts';
import { DtmError } from './errors.ts';
import { type Author, type Dependents, deleteOperations, statusOperations, updateOperation } from './expand.ts';
import { forcedList, intentionOf } from './intention.ts';
import { isEmptyUpdate, type Operation, type OperationHeader } from './operation.ts';
import {
  type ChangedEntity,
  type Contradiction,
  contradictionOf,
  type FieldChoice,
  fieldChoices,
  type StoppedChange,
} from './stoppedChange.ts';

export type Side = 'mine' | 'theirs';

/**
 * What the person decided. Of an edit against a deletion, `mine` and `theirs` say whose of the two stays; where others
 * changed some of the fields, those that only the person changed keep the person's values unless `fields` says otherwise.
 */
export interface Resolution {
  readonly side: Side;
  /** The side of single fields, where it is another one. */
  readonly fields?: Readonly<Record<string, Side>>;
  /** Values of the person's own, in place of either. */
  readonly values?: Draft;
}

/** What hangs on an entity now: a deletion takes it along or lets it go. */
export type DependentsOf = (entity: ChangedEntity) => Dependents;

/**
 * The operations that carry out what the person decided, over what everybody else has now. Each says what it `replaces`;
 * none at all where their version simply stands. Pure: whether the outcome is allowed is checked by whoever commits it.
 * @throws DtmError `validation` (a value that does not fit), `illegal-transition`, `not-found` where what others
 * deleted was never seen here and so cannot be brought back
 */
export function resolutionOperations(
  author: Author,
  change: StoppedChange,
  resolution: Resolution,
  dependentsOf: DependentsOf,
): readonly Operation[] {
  const kind = contradictionOf(change);
  if (kind !== 'fields' && resolution.side === 'theirs') return [];
  const own = remade(author, change, resolution, dependentsOf);
  const others = change.companions.flatMap((one) => remade(author, one, { side: 'mine' }, dependentsOf));
  const together = asOneGroup(
    author,
    inOrderOfDeath(kind, own, others).filter((one) => !isEmptyUpdate(one)),
    change.opId,
  );
  const needsPlace = kind === 'create' || kind === 'deleted-there';
  return needsPlace ? [...together, ...copies(author, change.waiting)] : together;
}

/** Children are deleted before what they belong to. */
function inOrderOfDeath(kind: Contradiction, own: readonly Operation[], others: readonly Operation[]): Operation[] {
  const seen = new Set<string>();
  const all = kind === 'deleted-here' ? [...others, ...own] : [...own, ...others];
  const rank = { task: 0, sprint: 1, project: 2 } as const;
  const deletions = all.filter((one) => one.kind === 'delete' && !seen.has(one.id) && seen.add(one.id));
  deletions.sort((a, b) => rank[a.entity] - rank[b.entity]);
  return [...all.filter((one) => one.kind !== 'delete' && !seen.has(one.id)), ...deletions];
}

function remade(
  author: Author,
  entity: ChangedEntity,
  resolution: Resolution,
  dependentsOf: DependentsOf,
): readonly Operation[] {
  switch (contradictionOf(entity)) {
    case 'create':
      return created(author, entity, resolution);
    case 'deleted-here':
      return entity.current ? deletion(author, entity, entity.current, dependentsOf) : [];
    case 'deleted-there':
      return broughtBack(author, entity, resolution);
    case 'fields':
      return entity.current ? edits(author, entity, entity.current, draftOf(entity, resolution)) : [];
  }
}

function created(author: Author, { entity, id, operations }: ChangedEntity, resolution: Resolution): Operation[] {
  const { image } = intentionOf(operations);
  if (!image) return [];
  const data = changed(image, resolution.values ?? {}, entity);
  return [{ ...header(author, { entity, id }), kind: 'create', data }];
}

function deletion(author: Author, change: ChangedEntity, current: Entity, dependentsOf: DependentsOf): Operation[] {
  return deleteOperations(author, change.entity, current, dependentsOf(change), true);
}

function broughtBack(author: Author, change: ChangedEntity, resolution: Resolution): Operation[] {
  const { entity, id, lastSeen, operations } = change;
  const before = lastSeen ?? intentionOf(operations).image;
  if (!before) {
    throw new DtmError('not-found', `${id} was deleted before this machine had seen it`, {
      hint: 'Make it anew, and let this change go.',
    });
  }
  const restore: Operation = { ...header(author, { entity, id }), kind: 'restore', before };
  return [restore, ...edits(author, change, before, draftOf({ ...change, current: before }, resolution))];
}

/** A status that is several steps away is reached step by step; everything else changes with the last of them. */
function edits(author: Author, { entity }: ChangedEntity, current: Entity, draft: Draft): Operation[] {
  const { status, ...rest } = draft;
  if (status === undefined || status === current.status) return [updateOperation(author, entity, current, rest)];
  const steps = statusOperations(author, entity, current, String(status));
  const before = steps.slice(0, -1);
  const last = before.at(-1);
  const from = last?.kind === 'update' ? ({ ...current, status: last.set.status?.to } as Entity) : current;
  return [...before, updateOperation(author, entity, from, draft)];
}

function draftOf(change: ChangedEntity, resolution: Resolution): Draft {
  const choices = fieldChoices(change);
  const isMine = sideIn(choices, resolution);
  const mine = Object.fromEntries(choices.filter(isMine).map(({ field, mine: value }) => [field, value]));
  const isSettledThere = choices.some((choice) => choice.field === 'status' && !isMine(choice));
  // A reason belongs to the status that it was given for.
  const reasons = isSettledThere ? { blockedReason: undefined, pendingReason: undefined } : {};
  return { ...mine, ...reasons, ...resolution.values };
}

/** Where no field contradicts, what stands in the way is something else: then the side is about all of them. */
function sideIn(choices: readonly FieldChoice[], { side, fields = {} }: Resolution): (choice: FieldChoice) => boolean {
  const isAboutAll = !choices.some(({ contradicts }) => contradicts);
  return ({ field, contradicts }) => (fields[field] ?? (contradicts || isAboutAll ? side : 'mine')) === 'mine';
}

/** An image with other values. */
function changed(image: Entity, values: Draft, kind: ChangedEntity['entity']): Entity {
  const { set, sets } = changesOf(kind, image, values);
  const scalars = Object.entries(set).map(([field, { to }]) => [field, to]);
  const lists = Object.entries(sets).map(([field, change]) => [field, forcedList(image, field, [change])]);
  return { ...image, ...Object.fromEntries([...scalars, ...lists]) } as Entity;
}

function asOneGroup(author: Author, operations: readonly Operation[], replaces: string): Operation[] {
  const groupId = operations.length > 1 ? author.newId() : undefined;
  return operations.map((operation) => ({ ...withNewName(author, operation, groupId), replaces }));
}

/** Their places in the order follow that of what they wait for. */
function copies(author: Author, waiting: readonly Operation[]): Operation[] {
  const groups = new Map<string, string>();
  return waiting.map((operation) => {
    const { groupId: old, opId: replaces } = operation;
    if (old !== undefined && !groups.has(old)) groups.set(old, author.newId());
    return { ...withNewName(author, operation, old === undefined ? undefined : groups.get(old)), replaces };
  });
}

function withNewName(author: Author, operation: Operation, groupId: string | undefined): Operation {
  const { groupId: _, ...rest } = operation;
  return { ...rest, opId: author.newId(), ...(groupId === undefined ? {} : { groupId }) } as Operation;
}

function header(author: Author, { entity, id }: Pick<ChangedEntity, 'entity' | 'id'>): OperationHeader {
  const { account, surface, reason } = author;
  return {
    opId: author.newId(),
    entity,
    id,
    at: author.now(),
    account,
    surface,
    ...(reason === undefined ? {} : { reason }),
  };
}
