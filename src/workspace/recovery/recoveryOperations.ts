import { createHash } from 'node:crypto';
import { differingFields } from '../../core/apply.ts';
import { creationOf, inCreationOrder } from '../../core/creation.ts';
import { type Entity, fieldValue, kindOf } from '../../core/entity.ts';
import { type Author, updateOperation } from '../../core/expand.ts';
import { derivedUlid, type EntityKind } from '../../core/ids.ts';
import { isReopening, requiredField, statusPath } from '../../core/lifecycle.ts';
import { isEmptyUpdate, type Operation } from '../../core/operation.ts';
import type { Snapshot } from './snapshot.ts';

export interface RecoveryBasis {
  /** What this workspace knew as acknowledged. */
  readonly known: Iterable<Entity>;
  /** The restored data, before anything was sent to it. */
  readonly before: Snapshot;
  /** The same with what has been sent since. */
  readonly after: Snapshot;
  readonly author: Omit<Author, 'now' | 'newId'>;
  /** Names the data and its epoch: the same difference gets the same operation ids, whichever client sends it. */
  readonly dataset: string;
}

export interface Recovery {
  readonly operations: readonly Operation[];
  /** The entities that they bring back to what was known: what else was tried for these has become needless. */
  readonly ids: ReadonlySet<string>;
}

/**
 * The operations that bring restored data back to what this workspace had seen, also of others' changes: what is missing
 * is created; what nobody has touched since the restore gets the values that it had. Everything else is left alone, for
 * somebody went on from there.
 */
export function recoveryOperations(basis: RecoveryBasis): Recovery {
  const known = [...basis.known];
  const missing = inCreationOrder(known.filter((entity) => !basis.after.has(entity.id)));
  const older = known.flatMap((entity): readonly (readonly [Entity, Entity])[] => {
    const now = basis.after.get(entity.id)?.data;
    return now && isAncestor(basis.before.get(entity.id)?.data, entity) ? [[now, entity]] : [];
  });
  const operations = [
    ...missing.flatMap((entity) => creationOf(authorOf(basis, entity), [entity])),
    ...older.flatMap(([now, entity]) => changes(authorOf(basis, entity), now, entity)),
  ];
  return { operations, ids: new Set([...missing, ...older.map(([, entity]) => entity)].map(({ id }) => id)) };
}

/** Whether the restored form is one that `known` came from: a change after the restore would have a later date. */
function isAncestor(restored: Entity | null | undefined, known: Entity): boolean {
  return !!restored && restored.version < known.version && restored.updatedAt < known.updatedAt;
}

function authorOf({ author, dataset }: RecoveryBasis, { id, version, updatedAt }: Entity): Author {
  let count = 0;
  return {
    ...author,
    now: () => updatedAt,
    newId: () => {
      const digest = createHash('sha256')
        .update(JSON.stringify([dataset, id, version, count++]))
        .digest();
      return derivedUlid(digest);
    },
  };
}

/** From one form to another in one group: a reason is there before the status that needs it, and goes after it. */
function changes(author: Author, from: Entity, to: Entity): Operation[] {
  const kind = kindOf(from);
  const fields = differingFields(from, to).filter((field) => field !== 'status');
  const valuesOf = (some: readonly string[]) => Object.fromEntries(some.map((field) => [field, fieldValue(to, field)]));
  const isNull = (field: string) => fieldValue(to, field) === null;
  const path = pathBack(kind, from.status, to.status);
  const needed = requiredField(kind, path.at(-1) ?? from.status);
  const cleared = fields.filter((field) => isNull(field) && field !== needed);
  const steps = path.map((status) => ({ status }));
  const drafts = [valuesOf(fields.filter((field) => !isNull(field))), ...steps, valuesOf(cleared)];
  const groupId = author.newId();
  let at: Entity = from;
  const operations = drafts.map((draft) => {
    const operation = updateOperation(author, kind, at, draft, groupId);
    at = { ...at, ...draft } as Entity;
    return operation;
  });
  return operations.filter((operation) => !isEmptyUpdate(operation));
}

/** Where no way leads back to a status, the restored one stays. */
function pathBack(kind: EntityKind, from: string, to: string): readonly string[] {
  const direct = statusPath(kind, from, to);
  if (direct) return direct;
  return isReopening(kind, from, 'ready') ? ['ready', ...(statusPath(kind, 'ready', to) ?? [])] : [];
}
