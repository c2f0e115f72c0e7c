import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { heldIn } from './vaults.ts';

/** What a scan found, and how much it looked at. */
export interface ScanReport {
  readonly files: number;
  readonly bytes: number;
  readonly outputs: number;
  /** Tokens and keys that were found where they belong. */
  readonly known: number;
  /** Where something secret lies that should not be there; never the secret itself. */
  readonly leaks: readonly string[];
}

/** Access tokens and personal access tokens give themselves away; what is as long as a refresh token may be one. */
const telling = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{20,}|dtm_pat_[\w-]{20,}/;
const candidates = /[\w-]{43,}/g;

/**
 * Looks for passwords, tokens and keys in whatever tests leave: workspaces, state folders, logs, databases, what programs
 * print. What is a secret is learnt on the way from the places where secrets are kept, so the order does not matter.
 */
export class SecretScan {
  readonly #passwords = new Set<string>();
  readonly #known = new Set<string>();
  /** Where each text was seen first that may turn out to be a secret. */
  readonly #seen = new Map<string, string>();
  readonly #leaks = new Set<string>();
  #files = 0;
  #bytes = 0;
  #outputs = 0;

  /** Tells of a password or another secret that stands in no file. */
  learn(secret: string): void {
    this.#passwords.add(secret);
  }

  /** Looks through every file of a folder. */
  async folder(folder: string, name = folder): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await this.folder(path, `${name}/${entry.name}`);
      else if (entry.isFile()) await this.#file(path, `${name}/${entry.name}`);
    }
  }

  /** Looks through what a program printed. */
  output(program: string, text: string): void {
    this.#outputs += 1;
    this.#text(text, `the output of ${program}`);
  }

  report(): ScanReport {
    const late = [...this.#seen]
      .filter(([text]) => this.#known.has(text))
      .map(([, place]) => `a kept secret in ${place}`);
    const leaks = [...new Set([...this.#leaks, ...late])];
    return { files: this.#files, bytes: this.#bytes, outputs: this.#outputs, known: this.#known.size, leaks };
  }

  async #file(path: string, name: string): Promise<void> {
    const content = await readFile(path).catch(() => undefined);
    if (!content) return;
    this.#files += 1;
    this.#bytes += content.length;
    const text = content.toString('latin1');
    const held = heldIn(name, text);
    if (held) for (const secret of held) this.#known.add(secret);
    else this.#text(text, name);
  }

  #text(text: string, place: string): void {
    if (telling.test(text)) this.#leaks.add(`a token in ${place}`);
    for (const password of this.#passwords) if (text.includes(password)) this.#leaks.add(`a password in ${place}`);
    for (const [candidate] of text.matchAll(candidates)) {
      if (!this.#seen.has(candidate)) this.#seen.set(detached(candidate), place);
    }
  }
}

/** A copy: a part of a text keeps the whole text in memory, and here that is every file of the run. */
function detached(part: string): string {
  return Buffer.from(part, 'latin1').toString('latin1');
}
