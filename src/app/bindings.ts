import { type Binding, isSameBinding } from '../core/binding.ts';
import { creationOf, missingEntities } from '../core/creation.ts';
import type { Dialect } from '../core/dialect.ts';
import { Emitter } from '../core/emitter.ts';
import { type Entity, kindOf } from '../core/entity.ts';
import { DtmError } from '../core/errors.ts';
import type { Author } from '../core/expand.ts';
import type { Capabilities, TrackerStore } from '../core/ports.ts';
import type { NamedProject } from '../core/project.ts';
import { type BindingPlan, type BindingRecord, countByKind, type ServerChoice } from './binding.ts';
import type { BindingService } from './dtmApp.ts';
import { serverOrigin } from './serverAddress.ts';
import { type ServerKind, type Servers, serverName } from './servers.ts';
import type { TrackerSlot } from './trackerSlot.ts';
import type { TrackerSummary, Trackers } from './trackers.ts';

export interface BindingsOptions {
  readonly record: BindingRecord;
  readonly slot: TrackerSlot;
  readonly servers: Servers;
  readonly trackers: Trackers;
  /** Opens the tracker of a binding (undefined: the local one) and, for residents, starts it. */
  readonly open: (binding: Binding | undefined) => Promise<TrackerStore>;
  /** Opens a tracker only to look into it. */
  readonly peek: (binding: Binding | undefined) => Promise<TrackerStore>;
  readonly author: () => Author;
  /** The person's name on this machine. */
  readonly localUser: string;
  readonly syncTimeoutMs: number;
}

const timeoutMs = 10_000;

/** Binds the workspace to a server, and back. Each binding has a tracker of its own; none is ever mixed with another. */
export class Bindings implements BindingService {
  readonly #options: BindingsOptions;
  readonly #changed = new Emitter<Binding | undefined>();

  constructor(options: BindingsOptions) {
    this.#options = options;
  }

  get current(): Binding | undefined {
    return this.#options.record.binding;
  }
  get onDidChange() {
    return this.#changed.event;
  }

  get capabilities(): Capabilities | undefined {
    return this.current && this.#options.servers.backend(this.current).capabilities;
  }

  async plan(given: string, choice: ServerChoice = {}): Promise<BindingPlan> {
    const origin = serverOrigin(given);
    const { servers } = this.#options;
    const kind: ServerKind = choice.dialect ? { dialect: choice.dialect } : await servers.detect(origin);
    const { dialect } = kind;
    const who = await this.#identify(origin, dialect, choice.account);
    const { serverId, datasetId, epoch, account } = who;
    const binding: Binding = { origin, serverId, datasetId, epoch, account, dialect };
    return {
      ...binding,
      projects: await this.#limitOf(binding, choice.projects),
      server: serverName(kind),
      capabilities: servers.backend(binding).capabilities,
      alreadyBound: this.current !== undefined && isSameBinding(this.current, binding),
      toCreate: countByKind(await this.#localOnly(binding)),
    };
  }

  async bind(plan: BindingPlan): Promise<Binding> {
    const { origin, serverId, datasetId, epoch, account, dialect, projects } = plan;
    const binding: Binding = { origin, serverId, datasetId, epoch, account, dialect };
    const brought = await this.#carryOver(binding);
    const limited = projects ? { ...binding, projects: [...new Set([...projects, ...brought])] } : binding;
    await this.#switchTo(limited);
    return limited;
  }

  async unbind(): Promise<void> {
    await this.#switchTo(undefined);
  }

  async projects(): Promise<readonly NamedProject[]> {
    const { slot, servers } = this.#options;
    const known = new Map(slot.store.knownProjects().map((project) => [project.id, project]));
    const { current } = this;
    if (current?.dialect === 'dtm') {
      const there = await servers.dtm(current.origin, current.account).projects();
      for (const project of there) known.set(project.id, project);
    }
    return [...known.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  list(): Promise<readonly TrackerSummary[]> {
    return this.#options.trackers.list();
  }

  async returnTo(name: string): Promise<Binding | undefined> {
    const { trackers } = this.#options;
    const tracker = await trackers.find(name);
    if (!trackers.isPresent(tracker)) await this.#switchTo(tracker.binding);
    return this.current;
  }

  /** Follows what another process bound the workspace to. */
  async follow(): Promise<void> {
    if (!(await this.#options.record.reload())) return;
    await this.#options.slot.replace(() => this.#options.open(this.current));
    this.#changed.fire(this.current);
  }

  /** Entities of the local tracker that the binding's tracker does not know. */
  async #localOnly(binding: Binding): Promise<Entity[]> {
    if (this.current || this.#options.servers.backend(binding).capabilities.readOnly) return [];
    const there = await this.#options.peek(binding);
    try {
      return this.#missingFrom(there);
    } finally {
      await there.close();
    }
  }

  /** @throws DtmError `not-found` if the server has no such project */
  async #limitOf(binding: Binding, wanted: ServerChoice['projects']): Promise<readonly string[] | undefined> {
    if (wanted === 'all') return undefined;
    const { record, servers } = this.#options;
    if (wanted === undefined) {
      const before = [{ name: record.nameOf(this.current), binding: this.current }, ...(await record.trackers())];
      return before.find(({ name }) => name === record.nameOf(binding))?.binding?.projects;
    }
    if (binding.dialect !== 'dtm') return wanted;
    const there = new Set((await servers.dtm(binding.origin, binding.account).projects()).map(({ id }) => id));
    const unknown = wanted.filter((id) => !there.has(id));
    if (unknown.length > 0) throw noSuchProject(binding.origin, unknown);
    return wanted;
  }

  /** Which data answer, and as whom the person acts there. */
  async #identify(origin: string, dialect: Dialect, wanted: string | undefined) {
    const { servers } = this.#options;
    const signal = AbortSignal.timeout(timeoutMs);
    if (dialect !== 'dtm') {
      const account = wanted ?? this.#nameAt(origin);
      return { ...(await servers.backend({ origin, account, dialect }).identify(signal)), account };
    }
    const client = servers.dtm(origin, wanted);
    const found = await client.identify(signal);
    const account = (await client.me()).username;
    if (wanted !== undefined && account !== wanted) throw otherAccount(origin, wanted, account);
    return { ...found, account };
  }

  /** In which name the person acts where nobody signs in. */
  #nameAt(origin: string): string {
    return this.current?.origin === origin ? this.current.account : this.#options.localUser;
  }

  async #switchTo(binding: Binding | undefined): Promise<void> {
    await this.#options.record.bind(binding);
    await this.#options.slot.replace(() => this.#options.open(binding));
    this.#changed.fire(binding);
    await this.#options.slot.store.sync(this.#options.syncTimeoutMs);
  }

  /**
   * Queues the creation of local entities for the binding before the workspace is bound: whenever the process dies, they
   * are to be seen on one side or on both, never on none.
   * @returns the projects among them
   */
  async #carryOver(binding: Binding): Promise<readonly string[]> {
    if ((await this.#localOnly(binding)).length === 0) return [];
    const { peek, author, syncTimeoutMs } = this.#options;
    const there = await peek(binding);
    try {
      // What the server knows already, or knew once, is not created again.
      await there.sync(syncTimeoutMs);
      const missing = this.#missingFrom(there);
      if (missing.length > 0) await there.commit(creationOf({ ...author(), account: binding.account }, missing));
      return missing.filter((one) => kindOf(one) === 'project').map(({ id }) => id);
    } finally {
      await there.close();
    }
  }

  #missingFrom(there: TrackerStore): Entity[] {
    return missingEntities(this.#options.slot.store.visible, (id) => there.isKnown(id));
  }
}

/** What was signed in otherwise, such as with a token of the environment, is another account's. */
function otherAccount(origin: string, wanted: string, actual: string): DtmError {
  return new DtmError('unauthenticated', `${actual} is signed in at ${origin}, not ${wanted}`, {
    hint: `Sign in as ${wanted}, or leave the account out.`,
  });
}

function noSuchProject(origin: string, ids: readonly string[]): DtmError {
  return new DtmError('not-found', `${origin} has no project ${ids.join(', ')}`, {
    hint: 'Give whole ids. To see them, bind the workspace to all projects and list them.',
  });
}
