import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import { type DtmServer, makeDtmServer } from '../support/dtmServer.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../support/temporary.ts';
import { everything, openTestApp } from '../support/testApp.ts';
import { divergence, repeated, servedBy } from './compare.ts';
import { ClaimLedger } from './ledger.ts';
import type { Failures } from './trial.ts';
import { type Machine, Writer, type WriterOptions } from './writers.ts';

/** A server and machines whose workspaces belong to it, for tests that break what is around them. */
export class FaultBench {
  readonly root: string;
  readonly server: DtmServer;
  readonly ledger = new ClaimLedger();
  readonly #token: string;

  private constructor(root: string, server: DtmServer, token: string) {
    this.root = root;
    this.server = server;
    this.#token = token;
  }

  static async start(nodeArgs: readonly string[] = []): Promise<FaultBench> {
    const root = await makeTemporaryFolder('faults');
    const server = await makeDtmServer();
    await server.start({ nodeArgs });
    return new FaultBench(root, server, await server.login());
  }

  async dispose(): Promise<void> {
    await this.server.dispose();
    await removeTemporaryFolder(this.root);
  }

  /** A machine whose workspace is bound to the server; the first one makes a project there. */
  async machine(name: string, stateHome = join(this.root, name, 'state')): Promise<Machine> {
    const machine = { stateHome, workspace: join(this.root, name, 'workspace') };
    await mkdir(machine.workspace, { recursive: true });
    await this.withApp(machine, async (app) => {
      await app.binding.bind(await app.binding.plan(this.server.origin));
      if (app.tracker.count('project') === 0) await app.tracker.create('project', { name: 'Faults' });
    });
    return machine;
  }

  async withApp<T>({ stateHome, workspace }: Machine, use: (app: DtmApp) => Promise<T>): Promise<T> {
    const app = await openTestApp(stateHome, workspace, { accessToken: this.#token });
    try {
      return await use(app);
    } finally {
      await app.close();
    }
  }

  startWriter(machine: Machine, options: Omit<WriterOptions, 'token'>): Promise<Writer> {
    return Writer.start(machine, { ...options, token: this.#token });
  }

  /** Lets writers end in their own time, and takes down what they said. @throws Error if one failed */
  async finish(...writers: readonly Writer[]): Promise<void> {
    for (const writer of writers) {
      const { code } = await writer.stop();
      if (code !== 0 || writer.process.stderr !== '')
        throw new Error(`a writer ended ${code}: ${writer.process.stderr}`);
      this.ledger.read(writer.process.stdout);
    }
  }

  /** Synchronises a machine, and compares what its writers said with what is there. @param refused titles of tasks that were not to be made */
  judge(machine: Machine, refused: readonly string[] = []): Promise<Failures> {
    return this.withApp(machine, async (app) => {
      const { error } = await app.syncNow();
      if (error) throw error;
      const served = await servedBy(this.server);
      const byId = new Map(served.map((task) => [task.id, task]));
      const titles = served.map(({ title }) => title.replace('-renamed', ''));
      const cameBack = titles.filter((title) => refused.includes(title));
      return {
        lost: [...this.ledger.lost((id) => byId.get(id)), ...app.queue().map(({ operation }) => operation.id)],
        duplicated: [...repeated(titles), ...cameBack],
        diverged: divergence('task', app.tracker.list('task', everything).items, served),
      };
    });
  }
}

/** Inside a `describe`: one for each test. */
export function useFaultBench(nodeArgs: readonly string[] = []): () => FaultBench {
  let bench: FaultBench | undefined;
  beforeEach(async () => {
    bench = await FaultBench.start(nodeArgs);
  });
  afterEach(async () => {
    await bench?.dispose();
    bench = undefined;
  });
  return () => {
    if (!bench) throw new Error('The bench exists only while a test runs');
    return bench;
  };
}
