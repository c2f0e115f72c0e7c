import { hostname } from 'node:os';
import { basename } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { monotonicFactory } from 'ulid';
import { runtimeFile } from '../api/auth.ts';
import { DialectClients } from '../client/dialects/dialectClients.ts';
import { LegacyTracker } from '../client/dialects/legacy/legacyTracker.ts';
import { createDtmClient, type DtmClient } from '../client/dtmClient.ts';
import { RequestStatistics } from '../client/requestStatistics.ts';
import type { Binding } from '../core/binding.ts';
import type { Author } from '../core/expand.ts';
import type { KnownEntities } from '../core/foreignTable.ts';
import { defaultGateSettings, type GateSettings } from '../core/gates/settings.ts';
import type { GateVerdict } from '../core/gates/verdict.ts';
import type { NetworkSettings } from '../core/networkSettings.ts';
import type { Operation, Surface } from '../core/operation.ts';
import type { Backend, Clock, IdSource, Logger, TokenStore, TrackerStore } from '../core/ports.ts';
import { type Surroundings, stateHome } from '../core/stateHome.ts';
import { CsvProjection } from '../workspace/csv/projection.ts';
import { LedgerReader } from '../workspace/evidence/ledgerReader.ts';
import { readLegacyFiles } from '../workspace/legacy/legacyFiles.ts';
import { LocalBackend } from '../workspace/localBackend.ts';
import { lockedIn } from '../workspace/refreshLock.ts';
import { readRuntimeFile } from '../workspace/runtimeFiles.ts';
import type { ProjectScope } from '../workspace/scope/projectScope.ts';
import { ScopedBackend } from '../workspace/scope/scopedBackend.ts';
import { Tracker } from '../workspace/tracker.ts';
import type { TrackerOptions } from '../workspace/trackerOptions.ts';
import type { TrackerState } from '../workspace/trackerState.ts';
import { WorkspaceState } from '../workspace/workspaceState.ts';
import { Accounts } from './accounts.ts';
import { Bindings } from './bindings.ts';
import { type ConflictPolicy, followConflictPolicy } from './conflictPolicy.ts';
import { Copying } from './copying.ts';
import type { DtmApp } from './dtmApp.ts';
import { Gates } from './gates.ts';
import { type FoundInFiles, Importing } from './importing.ts';
import { isLoopbackOrigin } from './serverAddress.ts';
import type { ServerKind, Servers } from './servers.ts';
import { StoppedChanges } from './stoppedChanges.ts';
import { TrackerService } from './trackerService.ts';
import { TrackerSlot } from './trackerSlot.ts';
import { Trackers } from './trackers.ts';
import { UndoHistory } from './undoHistory.ts';
import { WiredApp } from './wiredApp.ts';
import { Writing } from './writing.ts';

export interface AppOptions {
  /** The workspace folder; undefined: the personal workspace. */
  readonly folder: string | undefined;
  readonly surface: Surface;
  /** A resident (the editor) keeps the lease and syncs by itself; a visitor (the CLI) only while a command runs. */
  readonly resident: boolean;
  readonly surroundings: Surroundings;
  readonly tokens: TokenStore;
  readonly logger: Logger;
  /** The person's name on this machine: who acts while nobody is signed in. */
  readonly localUser: string;
  /** An access token from the environment (`DTM_TOKEN`); used as it is. */
  readonly accessToken?: string | undefined;
  /** Never ask the server. */
  readonly offline?: boolean;
  /** How long a writing command waits for the server's answer. */
  readonly requestTimeoutMs?: number;
  /** Whether the person trusts the folder; default: they are asked once before anything is read from its CSV files. */
  readonly isTrusted?: () => boolean;
  /** How conflicts between edits are decided by themselves. Default: the person is asked. */
  readonly conflicts?: () => ConflictPolicy;
  /** What the quality gates do. Default: they warn. */
  readonly gates?: () => GateSettings;
  /** Proxies and certificates of the person. Default: none. */
  readonly network?: NetworkSettings;
}

const defaultRequestTimeoutMs = 10_000;
const longSyncMs = 600_000;

/**
 * Opens the tracker of a folder and wires everything behind it. Does not wait for the network and writes nothing.
 * @throws DtmError `no-workspace` if the folder does not exist, `damaged-file`, `cannot-read`
 */
export async function createApp(options: AppOptions): Promise<DtmApp> {
  const home = stateHome(options.surroundings);
  const ids = makeIds();
  const state = await WorkspaceState.open(home, options.folder, () => ids.ulid());
  const servers = new ReachableServers(options, home);
  const account = () => state.binding?.account ?? options.localUser;
  const opener = new TrackerOpener(options, state, servers, ids, home);
  const slot = new TrackerSlot(await opener.open(state.binding));
  const settleTimeoutMs = options.requestTimeoutMs ?? defaultRequestTimeoutMs;
  const author = (): Author => ({
    account: account(),
    surface: options.surface,
    now: () => clock.now(),
    newId: () => ids.ulid(),
  });
  const store = () => slot.store;
  const writing = new Writing({ store, settleTimeoutMs });
  const undo = new UndoHistory({ store, author, writing });
  const { surface } = options;
  const gates = new Gates({ settings: options.gates ?? (() => defaultGateSettings), pause });
  const judged = objectionLog(options.logger);
  const service = new TrackerService({ store, clock, ids, surface, account, writing, observer: undo, gates, judged });
  const peek = (to: Binding | undefined) => opener.open(to, { projection: undefined, resident: false });
  const trackers = new Trackers({ record: state, present: () => slot.store, peek });
  const binding = new Bindings({
    record: state,
    slot,
    servers,
    trackers,
    open: async (to) => started(await opener.open(to, { csvIsStale: true }), options.resident),
    peek,
    author,
    localUser: options.localUser,
    syncTimeoutMs: longSyncMs,
  });
  const wake = () =>
    void slot.store
      .sync(longSyncMs)
      .catch((error: unknown) => options.logger.warn('sync.after-sign-in-failed', { error: String(error) }));
  const { tokens, localUser } = options;
  const accounts = new Accounts({ servers, tokens, binding: () => state.binding, localUser, onSignedIn: wake });
  const stopped = new StoppedChanges({ store, author, settleTimeoutMs });
  const { conflicts: policy, logger } = options;
  const { onDidChangeStatus } = slot;
  const decider = policy && followConflictPolicy({ changes: stopped, onDidChangeStatus, policy, logger });
  const followers = decider ? [undo, decider] : [undo];
  const importing = new Importing({ servers, store, author, readTracker });
  const copying = new Copying({
    trackers,
    store,
    capabilities: () => binding.capabilities,
    author,
    syncTimeoutMs: longSyncMs,
  });
  return new WiredApp({
    folder: state.folder,
    state,
    slot,
    service,
    accounts,
    binding,
    importing,
    copying,
    stopped,
    undo,
    evidence: evidenceOf(state, store, home),
    followers,
    servers,
    longSyncMs,
  });
}

/** Says in the log which gates objected to a change that was made all the same; what they said may be private. */
function objectionLog(logger: Logger) {
  return (operations: readonly Operation[], verdicts: readonly GateVerdict[]): void => {
    const objecting = verdicts.filter(({ result }) => result !== 'pass');
    if (objecting.length === 0) return;
    const overridden = objecting.filter(({ override }) => override !== undefined).map(({ gate }) => gate);
    logger.info('gates.objected', { opId: operations[0]?.opId, gates: objecting.map(({ gate }) => gate), overridden });
  };
}

async function readTracker(path: string, account: string, known: KnownEntities): Promise<FoundInFiles> {
  const tracker = new LegacyTracker({ account, now: clock.now(), known });
  const source = await readLegacyFiles(path, (file, row) => tracker.take(file, row));
  const exports = source.files.filter(({ isExport }) => isExport).map(({ name }) => name);
  const { folder, sentinel } = source;
  return { folder, ...tracker.finish(source), authority: { sentinel, exports } };
}

/** The ledger of the tracker that is open now. */
function evidenceOf(state: WorkspaceState, store: () => TrackerStore, stateHome: string): LedgerReader {
  return new LedgerReader({ folder: () => state.trackerFolder, workspace: state.folder, stateHome, store });
}

async function started(store: TrackerStore, resident: boolean): Promise<TrackerStore> {
  if (resident) await store.start();
  return store;
}

const clock: Clock = { now: () => new Date().toISOString(), monotonic: () => performance.now() };

function makeIds(): IdSource {
  const ulid = monotonicFactory();
  return { ulid: () => ulid(), randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)) };
}

/**
 * One client, and so one session, per origin and account, and one for whoever signed in last. All clients of an origin
 * share its connections.
 */
class ReachableServers implements Servers {
  readonly #options: AppOptions;
  readonly #home: string;
  readonly #clients = new Map<string, DtmClient>();
  readonly #statistics = new RequestStatistics();
  readonly #others: DialectClients;

  constructor(options: AppOptions, home: string) {
    this.#options = options;
    this.#home = home;
    const { logger, accessToken, network, requestTimeoutMs = defaultRequestTimeoutMs } = options;
    const recorder = this.#statistics;
    this.#others = new DialectClients({ clock, logger, accessToken, network, recorder, requestTimeoutMs });
  }

  detect(origin: string): Promise<ServerKind> {
    return this.#others.detect(origin);
  }

  backend(target: Parameters<Servers['backend']>[0]): Backend {
    const { dialect } = target;
    return dialect === 'dtm' ? this.dtm(target.origin, target.account) : this.#others.backend({ ...target, dialect });
  }

  dtm(origin: string, account?: string): DtmClient {
    const key = `${origin}|${account ?? ''}`;
    const known = this.#clients.get(key);
    if (known) return known;
    const { tokens, logger, accessToken, requestTimeoutMs, network, surface } = this.#options;
    const locked = lockedIn(this.#home, logger);
    const client = createDtmClient({
      origin,
      tokens,
      logger,
      clock,
      network,
      recorder: this.#statistics,
      // The editor and the CLI have token families of their own.
      exclusively: (name, work) => locked(`${surface}|${name}`, work),
      runtimeFile: async (of) => runtimeFile.safeParse(await readRuntimeFile(this.#home, of)).data,
      ...(account === undefined ? {} : { account }),
      ...(accessToken === undefined ? {} : { accessToken }),
      ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
    });
    this.#clients.set(key, client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all([this.#others, ...this.#clients.values()].map((client) => client.close()));
    for (const totals of this.#statistics.totals()) this.#options.logger.debug('http.totals', { ...totals });
  }
}

/** Opens the tracker that belongs to a binding. */
class TrackerOpener {
  readonly #options: AppOptions;
  readonly #state: WorkspaceState;
  readonly #servers: Servers;
  readonly #ids: IdSource;
  readonly #home: string;

  constructor(options: AppOptions, state: WorkspaceState, servers: Servers, ids: IdSource, home: string) {
    this.#home = home;
    this.#options = options;
    this.#state = state;
    this.#servers = servers;
    this.#ids = ids;
  }

  open(binding: Binding | undefined, special: Partial<TrackerOptions> = {}): Promise<TrackerStore> {
    const { resident, offline = false, logger } = this.#options;
    const folder = this.#state.folderOf(binding);
    return Tracker.open({
      folder,
      prepare: () => this.#state.prepare(folder),
      projection: this.#projection(binding, folder),
      account: () => binding?.account ?? this.#options.localUser,
      csvIsStale: false,
      backend: (state) => this.#backend(binding, state),
      expected: binding,
      scope: binding && this.#scopeOf(binding),
      isLoopback: binding !== undefined && isLoopbackOrigin(binding.origin),
      resident,
      offline,
      evidence: {
        surface: this.#options.surface,
        stateHome: this.#home,
        workspace: this.#state.folder,
        machine: hostname(),
        origin: binding?.origin,
      },
      clock,
      logger,
      newName: () => this.#ids.ulid(),
      random: Math.random,
      ...special,
    });
  }

  #backend(binding: Binding | undefined, state: () => TrackerState): Backend {
    if (!binding) return new LocalBackend(state);
    const backend = this.#servers.backend(binding);
    return backend.capabilities.changesFeed ? new ScopedBackend(backend, () => this.#projectsOf(binding)) : backend;
  }

  #scopeOf(binding: Binding): ProjectScope {
    const projects = () => this.#projectsOf(binding);
    const isPresent = () => this.#isPresent(binding);
    return {
      get projects() {
        return projects();
      },
      include: async (ids) => {
        if (isPresent()) await this.#state.includeProjects(ids);
      },
    };
  }

  /** The limit of the present binding may be widened at any time. */
  #projectsOf(binding: Binding): readonly string[] | undefined {
    return this.#isPresent(binding) ? this.#state.binding?.projects : binding.projects;
  }

  #isPresent(binding: Binding): boolean {
    return this.#state.nameOf(this.#state.binding) === this.#state.nameOf(binding);
  }

  /** The personal workspace has no folder of the person's to put files into. */
  #projection(binding: Binding | undefined, trackerFolder: string): CsvProjection | undefined {
    const { folder, workspaceId, root: stateFolder } = this.#state;
    // The files are the workspace's: what one binding wrote is not foreign to the next.
    if (folder === undefined) return undefined;
    return new CsvProjection({
      folder,
      stateFolder,
      workspaceId,
      ignoredByGit: binding !== undefined,
      tracker: basename(trackerFolder),
      isTrusted: this.#options.isTrusted,
    });
  }
}
