import { type ChildProcess, spawn } from 'node:child_process';
import { DtmError } from '../../core/errors.ts';
import type { NodeRuntime } from './nodeRuntime.ts';
import { readServerOutput, type ServerOutput } from './serverOutput.ts';

export interface LaunchOptions {
  readonly runtime: NodeRuntime;
  /** Path of the server's bundle. */
  readonly script: string;
  readonly port: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onExit: (code: number | null) => void;
}

const startMs = 20_000;
const stopMs = 12_000;
const keptOutput = 64 * 1024;

/** A server that this window started. It ends with the window: its standard input is a pipe that closes then. */
export class ServerProcess {
  readonly origin: string;
  readonly madeAccount: ServerOutput['madeAccount'];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, origin: string, madeAccount: ServerOutput['madeAccount']) {
    this.#child = child;
    this.origin = origin;
    this.madeAccount = madeAccount;
  }

  /** Starts a server and waits until it listens. @throws DtmError `unavailable` with what it said */
  static async launch(options: LaunchOptions): Promise<ServerProcess> {
    const { runtime, script, port, environment } = options;
    const child = spawn(runtime.path, [script], {
      shell: false,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...withoutEditor(environment), ...runtime.env, DTM_PORT: String(port), DTM_STOP_WITH_PARENT: '1' },
    });
    child.once('exit', (code) => options.onExit(code));
    try {
      const output = await untilListening(child);
      return new ServerProcess(child, output.origin, output.madeAccount);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Asks it to end, and kills it where it does not. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.stdin?.end();
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
    await ended;
    clearTimeout(timer);
  }
}

/** What a debugger or the editor sets for its own child processes is not for the server. */
function withoutEditor(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(environment).filter(([name]) => !/^(NODE_OPTIONS$|VSCODE_|ELECTRON_)/.test(name));
  return Object.fromEntries(entries);
}

type Listening = ServerOutput & { readonly origin: string };

function untilListening(child: ChildProcess): Promise<Listening> {
  let stdout = '';
  let stderr = '';
  return new Promise<Listening>((resolve, reject) => {
    const read = () => readServerOutput(stdout, stderr);
    const timer = setTimeout(() => reject(notStarted(read(), 'it did not answer in time')), startMs);
    const settle = () => {
      const output = read();
      if (output.origin === undefined) return;
      clearTimeout(timer);
      resolve({ ...output, origin: output.origin });
    };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-keptOutput);
      settle();
    });
    // Read on for as long as it runs: a full pipe would stop it.
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-keptOutput);
    });
    child.stdin?.on('error', () => undefined);
    child.once('error', (error) => reject(notStarted(read(), error.message)));
    child.once('close', () => reject(notStarted(read(), 'it ended at once')));
    child.once('close', () => clearTimeout(timer));
  });
}

function notStarted({ complaint }: ServerOutput, fallback: string): DtmError {
  return new DtmError('unavailable', `the local server did not start: ${complaint || fallback}`, {
    hint: 'The log may say more.',
  });
}
