import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAlive } from './isAlive.ts';
import { runScan } from './secrets/runScan.ts';

export type ProcessOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Written to standard input, which is then closed. */
  readonly input?: string;
  /** Called with every chunk of both streams as it comes. */
  readonly onOutput?: (text: string) => void;
};

export type ExitStatus = { readonly code: number | null; readonly signal: NodeJS.Signals | null };
export type Finished = ExitStatus & { readonly stdout: string; readonly stderr: string };

const running = new Set<RunningProcess>();
const killAll = (): void => {
  for (const child of running) child.signal('SIGKILL');
};
process.on('exit', killAll);
for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  // Node ends without 'exit' on these, and would leave the children behind.
  process.once(signal, () => process.exit(signal === 'SIGTERM' ? 143 : 129));
}

/** A child process in a process group of its own, so that what it starts ends with it. */
export class RunningProcess {
  readonly pid: number;
  /** Settles once the process has ended and its output has been read. */
  readonly exited: Promise<ExitStatus>;
  #out = '';
  #err = '';
  #listeners = new Set<() => void>();
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, pid: number, onOutput?: (text: string) => void) {
    this.#child = child;
    this.pid = pid;
    const receive = (keep: (text: string) => void) => (text: string) => {
      keep(text);
      onOutput?.(text);
      this.#notify();
    };
    child.stdout?.setEncoding('utf8').on(
      'data',
      receive((text) => {
        this.#out += text;
      }),
    );
    child.stderr?.setEncoding('utf8').on(
      'data',
      receive((text) => {
        this.#err += text;
      }),
    );
    running.add(this);
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        running.delete(this);
        runScan.output(child.spawnargs.slice(0, 4).join(' '), this.#out + this.#err);
        resolve({ code, signal });
        this.#notify();
      });
    });
  }

  get stdout(): string {
    return this.#out;
  }

  get stderr(): string {
    return this.#err;
  }

  /** Waits until a whole line of either stream matches; throws when the process ends or the time is over. */
  async waitForLine(pattern: RegExp, timeoutMs = 30_000): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    let check = (): void => {};
    const found = new Promise<string>((resolve, reject) => {
      check = () => {
        const line = this.#completeLines().find((candidate) => pattern.test(candidate));
        if (line !== undefined) resolve(line);
        else if (this.hasEnded) reject(this.#failure(`ended before printing ${pattern}`));
      };
      timer = setTimeout(() => reject(this.#failure(`did not print ${pattern} within ${timeoutMs} ms`)), timeoutMs);
      this.#listeners.add(check);
      check();
    });
    return found.finally(() => {
      clearTimeout(timer);
      this.#listeners.delete(check);
    });
  }

  get hasEnded(): boolean {
    return !running.has(this);
  }

  /** Asks the whole group to end, and kills it when it has not after `graceMs`. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', graceMs = 5_000): Promise<ExitStatus> {
    this.signal(signal);
    const timer = setTimeout(() => this.signal('SIGKILL'), graceMs);
    const status = await this.exited;
    clearTimeout(timer);
    this.signal('SIGKILL');
    return status;
  }

  /** Kill -9: no handler of the process runs. */
  async kill(): Promise<ExitStatus> {
    this.signal('SIGKILL');
    return this.exited;
  }

  /** Sends a signal to the process and to everything it started that has not left its group. */
  signal(signal: NodeJS.Signals): void {
    try {
      if (process.platform === 'win32') this.#child.kill(signal);
      else process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  #completeLines(): string[] {
    return [this.#out, this.#err].flatMap((text) => (this.hasEnded ? text.split('\n') : text.split('\n').slice(0, -1)));
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  #failure(what: string): Error {
    return new Error(`${this.#child.spawnargs.join(' ')} ${what}\nstdout: ${this.#out}\nstderr: ${this.#err}`);
  }
}

/** Starts a process and captures its output. Throws when the command cannot be started. */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<RunningProcess> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const started = once(child, 'spawn');
  // A child that ends without reading its input is not an error of ours.
  child.stdin.on('error', () => {});
  await started;
  const handle = new RunningProcess(child, child.pid as number, options.onOutput);
  if (options.input !== undefined) child.stdin.end(options.input);
  return handle;
}

/** Runs a process to its end, with nothing on its standard input unless `input` says so. */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<Finished> {
  const child = await startProcess(command, args, { input: '', ...options });
  const status = await child.exited;
  return { ...status, stdout: child.stdout, stderr: child.stderr };
}

/** Throws while a process with this id still lives; for the end of a test. */
export function assertExited(pid: number): void {
  if (isAlive(pid)) throw new Error(`Process ${pid} still runs`);
}
