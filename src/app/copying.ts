import { attachable } from '../core/attachable.ts';
import type { KnownTracker } from '../core/binding.ts';
import { creationOf, missingEntities } from '../core/creation.ts';
import { type Entity, fieldValue, kindOf } from '../core/entity.ts';
import { DtmError } from '../core/errors.ts';
import type { Author } from '../core/expand.ts';
import { type EntityKind, kindOfId } from '../core/ids.ts';
import type { Capabilities, TrackerStore } from '../core/ports.ts';
import { type BindingPlan, countByKind } from './binding.ts';
import { soundEntity } from './importing.ts';
import { requireOwnAccount } from './ownAccount.ts';
import type { Trackers } from './trackers.ts';

/** A field that the present server has no place for, and how many of the copies have something in it. */
export interface UnsupportedField {
  readonly kind: EntityKind;
  readonly field: string;
  readonly count: number;
}

/** What copying from another tracker of this workspace into the present one would do. */
export interface CopyPlan {
  readonly from: KnownTracker;
  readonly toCreate: BindingPlan['toCreate'];
  /** Entities that are here, or were and have been deleted: they are left as they are. */
  readonly known: number;
  /** Entities whose project was deleted here: they are left out. */
  readonly homeless: number;
  /** Entities that lacked something which is required, and get it, or lose a reference to what is not here. */
  readonly adjusted: number;
  /** What will be kept in this workspace only. */
  readonly unsupported: readonly UnsupportedField[];
  readonly entities: readonly Entity[];
}

export interface CopyingOptions {
  readonly trackers: Trackers;
  readonly store: () => TrackerStore;
  /** Of the server that the workspace belongs to; undefined: none. */
  readonly capabilities: () => Capabilities | undefined;
  readonly author: () => Author;
  readonly syncTimeoutMs: number;
}

/** Copies what another tracker of this workspace holds into the present one, as creations; done twice, nothing twice. */
export class Copying {
  readonly #options: CopyingOptions;

  constructor(options: CopyingOptions) {
    this.#options = options;
  }

  /**
   * Asks the server first, if it is there: what it knows already, or knew once, is not created again.
   * @param name of the tracker to copy from, or the beginning of it
   * @throws DtmError `not-found`, `ambiguous-id`, `usage` if it is the present one, `forbidden` if the server can only be
   * read
   */
  async plan(name: string): Promise<CopyPlan> {
    const { trackers, store, author, capabilities, syncTimeoutMs } = this.#options;
    const from = await trackers.find(name);
    if (trackers.isPresent(from)) throw fromItself();
    const { readOnly, localOnly } = capabilities() ?? {};
    if (readOnly) throw onlyReadable();
    await store().sync(syncTimeoutMs);
    const present = store();
    const there = await trackers.lookInto(from, ({ visible }) => ({
      missing: missingEntities(visible, (id) => present.isKnown(id)),
      total: visible.count('project') + visible.count('sprint') + visible.count('task'),
    }));
    const { entities: attached, homeless } = attachable(there.missing, (id) => seen(present, id));
    const origin = from.binding?.origin ?? 'the local tracker';
    const entities = attached.map((entity) => soundEntity(entity, author().account, origin));
    const before = new Map(there.missing.map((entity) => [entity.id, entity]));
    return {
      from,
      toCreate: countByKind(entities),
      known: there.total - there.missing.length,
      homeless,
      adjusted: entities.filter((entity) => entity !== before.get(entity.id)).length,
      unsupported: localOnly ? unsupportedFields(entities, localOnly) : [],
      entities,
    };
  }

  /** @throws DtmError `cannot-write` */
  async run({ entities }: CopyPlan): Promise<void> {
    const { store, author } = this.#options;
    // It may have been done meanwhile, by another process.
    await store().refresh();
    await requireOwnAccount(store());
    const missing = entities.filter(({ id }) => !store().isKnown(id));
    if (missing.length > 0) await store().commit(creationOf(author(), missing));
  }
}

function seen({ visible }: TrackerStore, id: string): Entity | undefined {
  const kind = kindOfId(id);
  return kind && visible.get(kind, id);
}

function unsupportedFields(entities: readonly Entity[], localOnly: Capabilities['localOnly']): UnsupportedField[] {
  const counts = new Map<string, UnsupportedField>();
  for (const entity of entities) {
    const kind = kindOf(entity);
    for (const field of localOnly[kind].filter((one) => holdsSomething(fieldValue(entity, one)))) {
      const key = `${kind}.${field}`;
      counts.set(key, { kind, field, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...counts.values()];
}

function holdsSomething(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function fromItself(): DtmError {
  return new DtmError('usage', 'this is the tracker that the workspace works in now', {
    hint: 'Bind the workspace to where the copies are to go, then copy from the other one.',
  });
}

function onlyReadable(): DtmError {
  return new DtmError('forbidden', 'the server of this workspace can only be read', {
    hint: 'Bind the workspace to another server, or go back to the local tracker, then copy.',
  });
}
