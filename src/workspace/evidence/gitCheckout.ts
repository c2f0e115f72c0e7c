import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { EvidencePlace } from '../../core/evidence/event.ts';

type Checkout = EvidencePlace['git'];

const freshMs = 1_000;

/** Which branch and commit a folder is on, read from git's files: no process is started, and none is waited for. */
export class GitCheckout {
  readonly #folder: string | undefined;
  readonly #monotonic: () => number;
  #readAt = Number.NEGATIVE_INFINITY;
  #known: Checkout;

  constructor(folder: string | undefined, monotonic: () => number) {
    this.#folder = folder;
    this.#monotonic = monotonic;
  }

  /** As of at most a second ago; undefined where there is no git. */
  async read(): Promise<Checkout> {
    if (this.#folder === undefined || this.#monotonic() - this.#readAt < freshMs) return this.#known;
    this.#readAt = this.#monotonic();
    this.#known = await checkoutOf(this.#folder).catch(() => undefined);
    return this.#known;
  }
}

async function checkoutOf(folder: string): Promise<Checkout> {
  const git = await gitFolderOf(folder);
  if (git === undefined) return undefined;
  const head = (await readFile(join(git, 'HEAD'), 'utf8')).trim();
  const ref = /^ref: (?<ref>\S+)$/.exec(head)?.groups?.ref;
  if (ref === undefined) return { branch: '', commit: head };
  const branch = ref.replace(/^refs\/heads\//, '');
  return { branch, commit: (await commitOf(git, ref)) ?? '' };
}

/** Walks up to the repository; in a linked working tree `.git` is a file that names the folder. */
async function gitFolderOf(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, '.git');
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) return path;
    const named = found && /^gitdir: (?<path>.+)$/m.exec(await readFile(path, 'utf8'))?.groups?.path?.trim();
    if (named !== undefined) return isAbsolute(named) ? named : join(at, named);
    if (dirname(at) === at) return undefined;
  }
}

async function commitOf(git: string, ref: string): Promise<string | undefined> {
  const common = await readFile(join(git, 'commondir'), 'utf8').then(
    (text) => join(git, text.trim()),
    () => git,
  );
  for (const folder of [git, common]) {
    const loose = await readFile(join(folder, ref), 'utf8').catch(() => undefined);
    if (loose !== undefined) return loose.trim();
  }
  const packed = await readFile(join(common, 'packed-refs'), 'utf8').catch(() => '');
  return packed
    .split('\n')
    .find((line) => line.endsWith(` ${ref}`))
    ?.split(' ')[0];
}
