import type { Clock, Logger, TokenStore } from '../../src/core/ports.ts';

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #ms = Date.parse('2026-03-01T12:00:00.000Z');

  now(): string {
    return new Date(this.#ms).toISOString();
  }

  monotonic(): number {
    return this.#ms;
  }

  advance(ms: number): void {
    this.#ms += ms;
  }
}

/** Keeps tokens in memory, and the order of what was done to them. */
export class MemoryTokens implements TokenStore {
  readonly values = new Map<string, string>();
  readonly writes: string[] = [];

  async get(key: string): Promise<string | undefined> {
    return this.values.get(key);
  }

  async set(key: string, value: string): Promise<void> {
    this.writes.push(`set ${key}`);
    this.values.set(key, value);
  }

  async delete(key: string): Promise<void> {
    this.writes.push(`delete ${key}`);
    this.values.delete(key);
  }
}

/** Keeps what was logged, so that a test can look for secrets in it. */
export class MemoryLogger implements Logger {
  readonly lines: string[] = [];

  debug(event: string, facts?: Readonly<Record<string, unknown>>): void {
    this.#keep('debug', event, facts);
  }
  info(event: string, facts?: Readonly<Record<string, unknown>>): void {
    this.#keep('info', event, facts);
  }
  warn(event: string, facts?: Readonly<Record<string, unknown>>): void {
    this.#keep('warn', event, facts);
  }
  error(event: string, facts?: Readonly<Record<string, unknown>>): void {
    this.#keep('error', event, facts);
  }

  #keep(level: string, event: string, facts?: Readonly<Record<string, unknown>>): void {
    this.lines.push(`${level} ${event} ${JSON.stringify(facts ?? {})}`);
  }
}
