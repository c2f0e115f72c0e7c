import { Emitter } from '../../core/emitter.ts';
import type { Logger } from '../../core/ports.ts';
import { findRuntime } from './nodeRuntime.ts';
import { firstFreePort } from './serverPorts.ts';
import { ServerProcess } from './serverProcess.ts';

export interface LocalServerOptions {
  /** Path of the server's bundle. */
  readonly script: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logger: Logger;
}

/** The DTM server of this window: at most one, and none after the window has closed. */
export class LocalServer {
  readonly #options: LocalServerOptions;
  readonly #changed = new Emitter<void>();
  #process: Promise<ServerProcess> | undefined;
  #isRunning = false;
  #isEnded = false;

  constructor(options: LocalServerOptions) {
    this.#options = options;
  }

  readonly onDidChange = this.#changed.event;

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /**
   * Starts the server, or answers the one that runs.
   * @param firstPort the first port to try
   * @throws DtmError `configuration`, `port-taken`, `unavailable`
   */
  async start(firstPort: number): Promise<ServerProcess> {
    this.#process ??= this.#launch(firstPort);
    try {
      return await this.#process;
    } catch (error) {
      this.#process = undefined;
      throw error;
    }
  }

  async stop(): Promise<void> {
    const process = await this.#process?.catch(() => undefined);
    await process?.stop();
  }

  /** Stops the server and starts no other. */
  async close(): Promise<void> {
    this.#isEnded = true;
    await this.stop();
    this.#changed.dispose();
  }

  async #launch(firstPort: number): Promise<ServerProcess> {
    const { script, environment, logger } = this.#options;
    const runtime = await findRuntime(environment);
    const port = await firstFreePort(firstPort);
    const launched = await ServerProcess.launch({
      runtime,
      script,
      port,
      environment,
      onExit: (code) => this.#ended(code),
    });
    logger.info('server.started', { origin: launched.origin, runtime: runtime.path });
    this.#setRunning(true);
    if (this.#isEnded) await launched.stop();
    return launched;
  }

  #ended(code: number | null): void {
    this.#options.logger.info('server.ended', { code });
    this.#process = undefined;
    this.#setRunning(false);
  }

  #setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
    this.#changed.fire();
  }
}
