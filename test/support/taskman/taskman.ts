import { App } from './app.ts';
import { Application } from './http/application.ts';
import type { Faults } from './http/faults.ts';
import { ApplicationServer, type Exchange } from './http/server.ts';
import { allRoutes } from './routes/all.ts';
import { TierControl } from './tierControl.ts';

export type TaskmanOptions = {
  /** `postgres` starts with both databases there; `sqlite` starts without PostgreSQL, so in mode fallback. */
  readonly database: 'sqlite' | 'postgres';
  /** Default: any free port. */
  readonly port?: number;
};

/** Starts the emulated TaskMan-v2 back end on the loopback interface, with empty databases. */
export async function startTaskman(options: TaskmanOptions): Promise<Taskman> {
  const app = new App();
  app.primary.isUp = options.database === 'postgres';
  app.checkHealth();
  const application = new Application(app, allRoutes());
  const server = new ApplicationServer(application);
  await server.listen(options.port ?? 0);
  return new Taskman(app, application, server);
}

/** A running emulator of the back end, and what a test may do behind its back. */
export class Taskman {
  /** PostgreSQL. */
  readonly primary: TierControl;
  /** The SQLite file. */
  readonly fallback: TierControl;
  readonly #app: App;
  readonly #application: Application;
  readonly #server: ApplicationServer;

  constructor(app: App, application: Application, server: ApplicationServer) {
    this.#app = app;
    this.#application = application;
    this.#server = server;
    this.primary = new TierControl(app.primary);
    this.fallback = new TierControl(app.fallback);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  /** Which database it uses; only `GET /health` changes that. */
  get mode(): App['mode'] {
    return this.#app.mode;
  }

  /** The database it uses, for looking and for writing past it. */
  get active(): TierControl {
    return this.mode === 'fallback' ? this.fallback : this.primary;
  }

  get faults(): Faults {
    return this.#server.faults;
  }

  /** Every request so far, in the order of arrival. */
  get requests(): readonly Exchange[] {
    return this.#server.exchanges;
  }

  /** How many requests had this method (any, if none) and a path that begins so. */
  count(method?: string, path = '/'): number {
    return this.requests.filter((one) => (method === undefined || one.method === method) && one.path.startsWith(path))
      .length;
  }

  forgetRequests(): void {
    this.#server.exchanges.length = 0;
  }

  /** How long every answer takes at least, in milliseconds. */
  set latencyMs(value: number) {
    this.#server.latencyMs = value;
  }

  /** A new process on the same databases and port: counters start again, the mode is chosen anew. */
  restart(): void {
    this.#app.restart();
  }

  /** @throws AggregateError when the emulator itself failed on some request */
  async stop(): Promise<void> {
    await this.#server.close();
    const { bugs } = this.#application;
    if (bugs.length > 0) throw new AggregateError(bugs, `The emulator failed: ${bugs[0]?.stack}`);
  }
}
