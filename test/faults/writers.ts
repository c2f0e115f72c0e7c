import { resolve } from 'node:path';
import { type ExitStatus, type RunningProcess, startProcess } from '../support/processes.ts';
import { until } from './until.ts';

/** A state folder and a workspace in it: what one machine has of them. */
export interface Machine {
  readonly stateHome: string;
  readonly workspace: string;
}

export interface WriterOptions {
  readonly name: string;
  readonly role: 'window' | 'terminal';
  readonly token?: string;
  /** Options of Node.js itself. */
  readonly nodeArgs?: readonly string[];
}

/** What a person is told: what is wrong, and what to do. */
export interface Told {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}
export interface Refused extends Told {
  readonly title: string;
}

/** A running `writer.ts`, and what it has said so far. */
export class Writer {
  readonly process: RunningProcess;

  private constructor(process: RunningProcess) {
    this.process = process;
  }

  static async start({ stateHome, workspace }: Machine, options: WriterOptions): Promise<Writer> {
    const { name, role, token, nodeArgs = [] } = options;
    const args = [...nodeArgs, resolve(import.meta.dirname, 'writer.ts'), workspace, name, role];
    const env = { ...process.env, DTM_STATE_HOME: stateHome, ...(token === undefined ? {} : { DTM_TOKEN: token }) };
    return new Writer(await startProcess(process.execPath, args, { env }));
  }

  /** The titles that it gave to the tasks that everybody renames. */
  get accepted(): string[] {
    return this.#said<{ title: string }>('set').map(({ title }) => title);
  }

  get refused(): Refused[] {
    return this.#said<Refused>('err');
  }

  /** Titles of own tasks whose creation was refused: what was refused later was a change of a task that is there. */
  get neverMade(): string[] {
    const made = new Set(this.#said<{ title: string }>('ack').map(({ title }) => title));
    return this.refused.flatMap(({ title }) => (made.has(title) ? [] : [title]));
  }

  get notices(): Told[] {
    return this.#said<Told>('not');
  }

  /** Waits until it says something more, such as `ack`. */
  async next(what: 'ack' | 'err' | 'not'): Promise<void> {
    const before = this.#said(what).length;
    await until(`the writer says ${what}`, () => {
      if (this.process.hasEnded) throw new Error(`the writer ended: ${this.process.stderr}`);
      return this.#said(what).length > before;
    });
  }

  /** Lets it end in its own time. */
  stop(): Promise<ExitStatus> {
    return this.process.stop('SIGTERM', 15_000);
  }

  #said<T>(what: string): T[] {
    const lines = this.process.stdout.split('\n').slice(0, -1);
    return lines.flatMap((line) => (line.startsWith(`${what} `) ? [JSON.parse(line.slice(4)) as T] : []));
  }
}
