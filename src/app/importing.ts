import { creationOf, inCreationOrder } from '../core/creation.ts';
import { type Entity, fieldValue, kindOf } from '../core/entity.ts';
import type { Author } from '../core/expand.ts';
import type { FileCounts, ForeignProblem, KnownEntities, MadeProject } from '../core/foreignTable.ts';
import { kindOfId } from '../core/ids.ts';
import { requiredField } from '../core/lifecycle.ts';
import type { BaseView, TrackerStore } from '../core/ports.ts';
import { entityProblem } from '../core/rules.ts';
import { type BindingPlan, countByKind, type ServerChoice } from './binding.ts';
import { requireOwnAccount } from './ownAccount.ts';
import { serverOrigin } from './serverAddress.ts';
import { type ServerKind, type Servers, serverName } from './servers.ts';

/** Whether something else than the files has the truth. */
export interface Authority {
  /** The file that says that a database has it; null if there is none. */
  readonly sentinel: string | null;
  /** Files that say of themselves that they are copies of what an API answered. */
  readonly exports: readonly string[];
}

/** What an import would create. */
export interface ImportPlan {
  /** The server, or the folder of files. */
  readonly origin: string;
  /** What it is, for people. */
  readonly server: string;
  readonly toCreate: BindingPlan['toCreate'];
  /** Entities that this tracker has, or had, already: they are left as they are. */
  readonly known: number;
  /** Rows that were not taken over, or not whole; of a server, its address stands for the file. */
  readonly problems: readonly ForeignProblem[];
  /** What becomes of each file's rows; none where a server is read. */
  readonly files: readonly FileCounts[];
  /** Projects that rows name and no row describes: they are created, too, unless they are here. */
  readonly madeProjects: readonly MadeProject[];
  readonly authority: Authority;
  /** Entities that lacked something which our rules ask for, and get it. */
  readonly adjusted: number;
  readonly entities: readonly Entity[];
}

/** What the files of another tracker hold. */
export interface FoundInFiles {
  readonly folder: string;
  /** What this tracker does not have yet. */
  readonly entities: readonly Entity[];
  /** What of the files it has, or had, already. */
  readonly known: number;
  readonly problems: readonly ForeignProblem[];
  readonly files: readonly FileCounts[];
  readonly madeProjects: readonly MadeProject[];
  readonly authority: Authority;
}

export interface ImportingOptions {
  readonly servers: Servers;
  /** Reads the files of an older tracker. @throws DtmError `not-found`, `cannot-read` */
  readonly readTracker: (path: string, account: string, known: KnownEntities) => Promise<FoundInFiles>;
  readonly store: () => TrackerStore;
  readonly author: () => Author;
}

const nothing: BaseView = { get: () => null, version: () => 0, all: () => [] };
const readTimeoutMs = 600_000;
/** Operations that are written at once: they stand in memory as text, too. */
const batchSize = 1_000;

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
    const { all, problems } = await this.#readAll({ origin, account, dialect: kind.dialect });
    const missing = all.filter((entity) => !this.#options.store().isKnown(entity.id));
    return {
      ...planOf(missing, account, origin),
      server: serverName(kind),
      known: all.length - missing.length,
      problems: [...problems].map((message) => ({ file: origin, message })),
      files: [],
      madeProjects: [],
      authority: { sentinel: null, exports: [] },
    };
  }

  /**
   * The same for the CSV files of an older tracker.
   * @throws DtmError `not-found`, `cannot-read`
   */
  async planFiles(path: string): Promise<ImportPlan> {
    const { readTracker, author } = this.#options;
    const { account } = author();
    const { folder, entities, ...found } = await readTracker(path, account, this.#known());
    return { ...found, ...planOf(entities, account, folder), server: 'CSV files of an older tracker' };
  }

  #known(): KnownEntities {
    const store = this.#options.store();
    return {
      find: (id) => {
        const kind = kindOfId(id);
        return (kind && store.visible.get(kind, id)) ?? null;
      },
      isKnown: (id) => store.isKnown(id),
    };
  }

  /** @throws DtmError `cannot-write`; what was created before stays, and the next import does the rest */
  async run({ entities }: ImportPlan): Promise<void> {
    const { store, author } = this.#options;
    await requireOwnAccount(store());
    const operations = creationOf({ ...author(), surface: 'import' }, entities);
    for (let start = 0; start < operations.length; start += batchSize)
      await store().commit(operations.slice(start, start + batchSize));
  }

  /** @returns what is there, and what of it cannot be shown */
  async #readAll(target: Parameters<Servers['backend']>[0]): Promise<{ all: Entity[]; problems: ReadonlySet<string> }> {
    const backend = this.#options.servers.backend(target);
    const signal = AbortSignal.timeout(readTimeoutMs);
    await backend.identify(signal);
    const found = new Map<string, Entity | null>();
    const problems = new Set<string>();
    for (let cursor: string | null = null, hasMore = true; hasMore; ) {
      const page = await backend.pull(cursor, signal, nothing);
      for (const change of page.changes) found.set(change.id, change.data);
      for (const { message } of page.notices ?? []) problems.add(message);
      cursor = page.next;
      hasMore = page.hasMore;
    }
    return { all: [...found.values()].filter((entity) => entity !== null), problems };
  }
}

function planOf(missing: readonly Entity[], account: string, origin: string) {
  const ordered = inCreationOrder(missing);
  const entities = ordered.map((entity) => soundEntity(entity, account, origin));
  const adjusted = entities.filter((entity, index) => entity !== ordered[index]).length;
  return { origin, toCreate: countByKind(entities), adjusted, entities };
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
