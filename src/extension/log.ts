import { type LogOutputChannel, window } from 'vscode';
import { isDtmError } from '../core/errors.ts';
import type { Logger } from '../core/ports.ts';

type Facts = Readonly<Record<string, unknown>>;

/** The log that people read in the Output panel: an event and its facts on one line, never a secret. */
export interface Log extends Logger {
  show(): void;
  dispose(): void;
}

export function createLog(): Log {
  return new ChannelLog(window.createOutputChannel('DTM', { log: true }));
}

class ChannelLog implements Log {
  readonly #channel: LogOutputChannel;

  constructor(channel: LogOutputChannel) {
    this.#channel = channel;
  }

  debug(event: string, facts: Facts = {}): void {
    this.#channel.debug(formatEntry(event, facts));
  }

  info(event: string, facts: Facts = {}): void {
    this.#channel.info(formatEntry(event, facts));
  }

  warn(event: string, facts: Facts = {}): void {
    this.#channel.warn(formatEntry(event, facts));
  }

  error(event: string, facts: Facts = {}): void {
    this.#channel.error(formatEntry(event, facts));
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }
}

const secretName = /token|password|secret|authori[sz]ation|cookie/i;
const longestValue = 2_000;

export function formatEntry(event: string, facts: Facts): string {
  const pairs = Object.entries(facts).map(([name, value]) => `${name}=${formatFact(name, value)}`);
  return [event, ...pairs].join(' ');
}

function formatFact(name: string, value: unknown): string {
  if (secretName.test(name)) return '(hidden)';
  const text = value instanceof Error ? describeError(value) : (JSON.stringify(value) ?? 'undefined');
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

/** Our own errors explain themselves; of any other the stack is what helps, and only here in the log. */
function describeError(error: Error): string {
  const cause = error.cause instanceof Error ? ` cause: ${describeError(error.cause)}` : '';
  const fields = isDtmError(error) ? error.fields.map((field) => ` ${field.path}: ${field.message};`).join('') : '';
  const what = isDtmError(error) ? `${error.code}: ${error.message}` : (error.stack ?? String(error));
  return `${what}${fields}${cause}`;
}
