import { creationOf, inCreationOrder } from '../core/creation.ts';
import { type Entity, fieldValue, kindOf } from '../core/entity.ts';
import type { Author } from '../core/expand.ts';
import type { ForeignProblem } from '../core/foreignTable.ts';
import { requiredField } from '../core/lifecycle.ts';
import type { BaseView, TrackerStore } from '../core/ports.ts';
import { entityProblem } from '../core/rules.ts';
import { type BindingPlan, countByKind, type ServerChoice } from './binding.ts';
import { requireOwnAccount } from './ownAccount.ts';
import { serverOrigin } from './serverAddress.ts';
import { type ServerKind, type Servers, serverName } from './servers.ts';

/** What an import would create. */
export interface ImportPlan {
  /** The server, or the folder of files. */
  readonly origin: string;
  /** What it is, for people. */
  readonly server: string;
  readonly toCreate: BindingPlan['toCreate'];
  /** Entities that this tracker has, or had, already: they are left as they are. */
  readonly known: number;
  /** Rows of files that were not taken over, or not whole. */
  readonly problems: readonly ForeignProblem[];
  /** The files are copies of a database, which may know more. */
  readonly areExports: boolean;
  /** Entities that lacked something which our rules ask for, and get it. */
  readonly adjusted: number;
  readonly entities: readonly Entity[];
}

/** What the files of another tracker hold. */
export interface FoundInFiles {
  readonly folder: string;
  readonly entities: readonly Entity[];
  readonly problems: readonly ForeignProblem[];
  readonly areExports: boolean;
}

export interface ImportingOptions {
  readonly servers: Servers;
  /** Reads the files of an older tracker. @throws DtmError `not-found`, `cannot-read` */
  readonly readTracker: (path: string, account: string) => Promise<FoundInFiles>;
  readonly store: () => TrackerStore;
  readonly author: () => Author;
}

const nothing: BaseView = { get: () => null, version: () => 0, all: () => [] };
const readTimeoutMs = 600_000;

/** Brings what a server holds into the present tracker, as creations; done twice, it creates nothing twice. */
export class Importing {
  readonly #options: ImportingOptions;

  constructor(options: ImportingOptions) {
    this.#options = options;
  }

  /** @throws DtmError what reading the server throws */
  async plan(given: string, choice: ServerChoice = {}): Promise<ImportPlan> {
    const origin = serverOrigin(given);
    const { servers, author } = this.#options;
    const kind: ServerKind = choice.dialect ? { dialect: choice.dialect } : await servers.detect(origin);
    const account =
      kind.dialect === 'dtm'
        ? (await servers.dtm(origin, choice.account).me()).username
        : (choice.account ?? author().account);
    const all = await this.#readAll({ origin, account, dialect: kind.dialect });
    return { ...this.#planOf(all, account, origin), server: serverName(kind), problems: [], areExports: false };
  }

  /**
   * The same for the CSV files of an older tracker.
   * @throws DtmError `not-found`, `cannot-read`
   */
  async planFiles(path: string): Promise<ImportPlan> {
    const { readTracker, author } = this.#options;
    const { account } = author();
    const { folder, entities, problems, areExports } = await readTracker(path, account);
    const server = 'CSV files of an older tracker';
    return { ...this.#planOf(entities, account, folder), server, problems, areExports };
  }

  #planOf(all: readonly Entity[], account: string, origin: string) {
    const missing = inCreationOrder(all.filter((entity) => !this.#options.store().isKnown(entity.id)));
    const entities = missing.map((entity) => soundEntity(entity, account, origin));
    return {
      origin,
      toCreate: countByKind(entities),
      known: all.length - entities.length,
      adjusted: entities.filter((entity, index) => entity !== missing[index]).length,
      entities,
    };
  }

  /** @throws DtmError `cannot-write` */
  async run({ entities }: ImportPlan): Promise<void> {
    if (entities.length === 0) return;
    const { store, author } = this.#options;
    await requireOwnAccount(store());
    await store().commit(creationOf({ ...author(), surface: 'import' }, entities));
  }

  async #readAll(target: Parameters<Servers['backend']>[0]): Promise<Entity[]> {
    const backend = this.#options.servers.backend(target);
    const signal = AbortSignal.timeout(readTimeoutMs);
    await backend.identify(signal);
    const found = new Map<string, Entity | null>();
    for (let cursor: string | null = null, hasMore = true; hasMore; ) {
      const page = await backend.pull(cursor, signal, nothing);
      for (const change of page.changes) found.set(change.id, change.data);
      cursor = page.next;
      hasMore = page.hasMore;
    }
    return [...found.values()].filter((entity) => entity !== null);
  }
}

/**
 * An entity with what our rules ask for and other servers do not: nothing of it is thrown away but an end that is before
 * the start.
 */
export function soundEntity(entity: Entity, account: string, origin: string): Entity {
  const kind = kindOf(entity);
  const field = requiredField(kind, entity.status);
  const isMissing = field !== undefined && !String(fieldValue(entity, field) ?? '').trim();
  const value = field === 'owner' ? account : `not said by ${origin}`;
  const whole = isMissing ? ({ ...entity, [field]: value } as Entity) : entity;
  if (!entityProblem(kind, null, whole)) return whole;
  return { ...whole, [kind === 'sprint' ? 'endDate' : 'targetEndDate']: null } as Entity;
}
