import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './freePort.ts';
import { repositoryRoot } from './paths.ts';
import { type ExitStatus, type RunningProcess, startProcess } from './processes.ts';
import { runScan } from './secrets/runScan.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary.ts';
import { makeTestDatabase } from './testDatabase.ts';
import { alternateOrigins, type StoreKind, testStore } from './testStore.ts';

export type DtmServerOptions = {
  /** Default: any free port, the same one after a restart. */
  readonly port?: number;
  /** Default: a temporary folder that {@link DtmServer.dispose} removes. */
  readonly dataDir?: string;
  /** The state folder in which the runtime file appears. Default: a temporary folder. */
  readonly stateHome?: string;
  /** What it keeps its data in. Default: what `DTM_TEST_STORE` chooses. */
  readonly store?: StoreKind;
  /** More settings, or other values for those that are given here. */
  readonly env?: Readonly<Record<string, string>>;
  /** The program. Default: the sources; `dist/server.mjs` to test what is shipped. */
  readonly entry?: string;
};

type ServerParts = Required<Omit<DtmServerOptions, 'store'>>;

export type LaunchOptions = {
  /** No file may grow beyond so many blocks of 512 bytes: stands for a full disk. */
  readonly fileLimitBlocks?: number;
  /** Options of Node.js itself. */
  readonly nodeArgs?: readonly string[];
  /** The folder to run in. Default: the state folder, where no settings of the tester's own lie. */
  readonly cwd?: string;
};

/** How long an overloaded server is asked again to sign somebody in. */
const patienceMs = 30_000;
const sources = join(repositoryRoot, 'src/server/main.ts');
const readyLine = /^DTM API listening on (https?:\/\/\S+)$/;

/** A real DTM server in a process of its own, which can be stopped, killed and started again on the same data. */
export class DtmServer {
  readonly username = 'admin';
  readonly password = 'correct horse battery staple';
  readonly port: number;
  readonly dataDir: string;
  readonly stateHome: string;
  #process: RunningProcess | undefined;
  #origin = '';
  readonly #env: Readonly<Record<string, string>>;
  readonly #entry: string;
  readonly #cleanUp: readonly (() => Promise<void>)[];
  /** A second process on the same database, which answers every other request. */
  readonly #sibling: DtmServer | undefined;

  constructor(options: ServerParts, cleanUp: readonly (() => Promise<void>)[], sibling?: DtmServer) {
    runScan.learn(this.password);
    this.port = options.port;
    this.dataDir = options.dataDir;
    this.stateHome = options.stateHome;
    this.#env = options.env;
    this.#entry = options.entry;
    this.#cleanUp = cleanUp;
    this.#sibling = sibling;
  }

  get isRunning(): boolean {
    return this.#process !== undefined && !this.#process.hasEnded;
  }

  /** Where it answers, such as `http://127.0.0.1:41234`. */
  get origin(): string {
    return this.#origin;
  }

  /** Where each of its processes answers. */
  get origins(): readonly string[] {
    return this.#sibling ? [this.#origin, this.#sibling.origin] : [this.#origin];
  }

  /** The running process: its id and what it printed. */
  get process(): RunningProcess {
    if (!this.#process) throw new Error('The server was not started');
    return this.#process;
  }

  get runtimeFile(): string {
    return join(this.stateHome, 'servers', `${this.port}.json`);
  }

  /** The environment with which the server runs; nothing of the tester's own `DTM_*` settings gets in. */
  get environment(): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('DTM_'));
    return {
      ...Object.fromEntries(own),
      DTM_PORT: String(this.port),
      DTM_DATA_DIR: this.dataDir,
      DTM_STATE_HOME: this.stateHome,
      DTM_ENV: 'test',
      DTM_ADMIN_USERNAME: this.username,
      DTM_ADMIN_PASSWORD: this.password,
      DTM_LOG_LEVEL: 'warn',
      ...this.#env,
    };
  }

  /** Starts the process without waiting for it to be ready. */
  async launch({ fileLimitBlocks, nodeArgs = [], cwd = this.stateHome }: LaunchOptions = {}): Promise<RunningProcess> {
    const program = [process.execPath, ...nodeArgs, this.#entry];
    const limit = ['/bin/sh', '-c', `ulimit -f ${fileLimitBlocks}; exec "$@"`, 'sh'];
    const [command = '', ...args] = fileLimitBlocks === undefined ? program : [...limit, ...program];
    await mkdir(cwd, { recursive: true });
    this.#process = await startProcess(command, args, { env: this.environment, cwd });
    return this.#process;
  }

  /** Starts it (again) and waits until it answers. */
  async start(options?: LaunchOptions): Promise<void> {
    const line = await (await this.launch(options)).waitForLine(readyLine);
    this.#origin = readyLine.exec(line)?.[1] ?? '';
    if (!this.#sibling) return;
    await this.#sibling.start(options);
    alternateOrigins(this.#origin, this.#sibling.origin);
  }

  /** SIGTERM: it drains and ends. */
  async stop(): Promise<ExitStatus> {
    if (this.#sibling?.isRunning) await this.#sibling.stop();
    return this.process.stop('SIGTERM', 15_000);
  }

  /** Kill -9. */
  async kill(): Promise<ExitStatus> {
    if (this.#sibling?.isRunning) await this.#sibling.kill();
    return this.process.kill();
  }

  /** Signs in with the administrator's password; on a busy machine, when the server has time. @returns an access token */
  async login(): Promise<string> {
    for (const giveUp = performance.now() + patienceMs; ; ) {
      const response = await fetch(`${this.origin}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: this.username, password: this.password }),
      });
      if (response.ok) return ((await response.json()) as { access_token: string }).access_token;
      const text = await response.text();
      const isBusy = response.status === 503 && performance.now() < giveUp;
      if (!isBusy) throw new Error(`Login answered ${response.status}: ${text}`);
      await delay(Number(response.headers.get('retry-after') ?? 1) * 1_000);
    }
  }

  /** Ends the process, and removes the folders and the database that were made for it. */
  async dispose(): Promise<void> {
    if (this.isRunning) await this.stop();
    for (const clean of this.#cleanUp) await clean();
  }
}

/** Prepares a server that is not yet running. */
export async function makeDtmServer(options: DtmServerOptions = {}): Promise<DtmServer> {
  const cleanUp: (() => Promise<void>)[] = [];
  const folder = async (given: string | undefined, name: string) => {
    if (given !== undefined) return given;
    const made = await makeTemporaryFolder(name);
    cleanUp.push(async () => void (existsSync(made) && (await removeTemporaryFolder(made))));
    return made;
  };
  const dataDir = await folder(options.dataDir, 'server-data');
  const stateHome = await folder(options.stateHome, 'server-state');
  const store = options.store ?? testStore();
  const database: Record<string, string> = {};
  if (store !== 'sqlite' && options.env?.DTM_DATABASE_URL === undefined) {
    const { url, drop } = await makeTestDatabase();
    cleanUp.push(drop);
    database.DTM_DATABASE_URL = url;
  }
  const { entry = sources } = options;
  const parts = { dataDir, stateHome, entry, env: { ...database, ...options.env } };
  const port = async () => ({ ...parts, port: await freePort() });
  const sibling = store === 'postgres-two' ? new DtmServer(await port(), []) : undefined;
  return new DtmServer({ ...(await port()), ...(options.port ? { port: options.port } : {}) }, cleanUp, sibling);
}

/** Starts a server and waits until it answers. */
export async function startDtmServer(options: DtmServerOptions = {}): Promise<DtmServer> {
  const server = await makeDtmServer(options);
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.dispose();
    throw error;
  }
}

/** Inside a `describe`: one server for all its tests. */
export function useDtmServer(options: DtmServerOptions = {}): () => DtmServer {
  let server: DtmServer | undefined;
  before(async () => {
    server = await startDtmServer(options);
  });
  after(async () => {
    await server?.dispose();
    server = undefined;
  });
  return () => {
    if (!server) throw new Error('The server exists only while the tests of its suite run');
    return server;
  };
}
