import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DialectClients } from '../../src/client/dialects/dialectClients.ts';
import type { Backend, Logger, SyncReport } from '../../src/core/ports.ts';
import type { Tracker } from '../../src/workspace/tracker.ts';
import { startTaskman, type Taskman, type TaskmanOptions } from './taskman/taskman.ts';
import { useTemporaryFolder } from './temporary.ts';
import { openTracker, silentLogger, systemClock } from './trackerBench.ts';

/** A workspace that is bound to TaskMan-v2: the real tracker on disk, and the client that it syncs with. */
export interface BoundWorkspace {
  readonly tracker: Tracker;
  readonly client: Backend;
  /** Syncs, and expects that it went through. */
  sync(): Promise<SyncReport>;
  close(): Promise<void>;
}

export interface WorkspaceOptions {
  readonly account?: string;
  readonly logger?: Logger;
  readonly requestTimeoutMs?: number;
}

/** Inside a `describe`: an emulated TaskMan-v2 for each test, and workspaces that are bound to it. */
export class TaskmanBench {
  readonly #opened: BoundWorkspace[] = [];
  readonly #root: () => string;
  readonly #database: TaskmanOptions['database'];
  #taskman: Taskman | undefined;

  constructor(database: TaskmanOptions['database']) {
    this.#database = database;
    this.#root = useTemporaryFolder('taskman');
    beforeEach(async () => {
      this.#taskman = await startTaskman({ database });
    });
    afterEach(async () => {
      for (const one of this.#opened.splice(0)) await one.close();
      await this.#taskman?.stop();
    });
  }

  get taskman(): Taskman {
    assert.ok(this.#taskman, 'TaskMan-v2 runs only while a test runs');
    return this.#taskman;
  }

  /** The database that workspaces are bound to. */
  get tier(): Taskman['primary'] {
    return this.#database === 'postgres' ? this.taskman.primary : this.taskman.fallback;
  }

  /** PostgreSQL is there again, if it is meant to be at all. */
  restore(): void {
    if (this.#database === 'postgres') this.taskman.primary.comeUp();
  }

  /** Opens (again, if closed before) the workspace of that name. */
  async open(name = 'first', options: WorkspaceOptions = {}): Promise<BoundWorkspace> {
    const { account = 'ana', logger = silentLogger, requestTimeoutMs = 2_000 } = options;
    const { origin } = this.taskman;
    const clients = new DialectClients({ clock: systemClock, logger, requestTimeoutMs });
    const client = clients.backend({ origin, account, dialect: 'taskman-v2' });
    const mode = this.#database === 'postgres' ? 'primary' : 'fallback';
    const expected = { serverId: `taskman:${origin}`, datasetId: `taskman:${mode}`, epoch: 1, account };
    const root = join(this.#root(), name);
    const tracker = await openTracker(root, { backend: () => client, expected, projection: undefined, logger });
    const workspace: BoundWorkspace = {
      tracker,
      client,
      sync: async () => {
        const report = await tracker.sync(60_000);
        assert.equal(report.error, undefined, report.error?.message);
        return report;
      },
      close: async () => {
        await tracker.close();
        await clients.close();
      },
    };
    this.#opened.push(workspace);
    return workspace;
  }

  /** Asks TaskMan-v2 as any other program would. */
  async ask(method: string, path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(`${this.taskman.origin}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }
}
