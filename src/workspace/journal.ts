import { rename, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/ports.ts';
import {
  cannotWrite,
  listNames,
  makeFolder,
  removeIfExists,
  syncFolder,
  undefinedIfMissing,
  writeDurably,
} from './files.ts';
import { encodeRecord, type JournalRecord } from './journalRecord.ts';
import { liveness, type ProcessIdentity } from './processIdentity.ts';
import { pruneArchive } from './retention.ts';
import { readSegment, type SegmentPart } from './segmentReader.ts';
import { SegmentMoved, SegmentWriter } from './segmentWriter.ts';

/** How far each segment has been read: file name → bytes. */
export type Watermarks = Readonly<Record<string, number>>;

/** A line that could not be read, kept aside. */
export interface Quarantined {
  readonly segment: string;
  readonly offset: number;
  /** `torn`: the last line of a process that died while writing it; it was never acknowledged. */
  readonly kind: 'damaged' | 'torn';
  readonly file?: string;
}

export interface JournalOptions {
  readonly folder: string;
  readonly identity: ProcessIdentity;
  readonly newName: () => string;
  readonly clock: Clock;
}

/** Nobody of whom nothing can be known has added to a segment for so long: then its process counts as ended. */
const quietMs = 24 * 60 * 60 * 1_000;
/** More often than this in a row a segment is not archived by mistake: then something else removes it. */
const mostMoves = 20;
const rotateAtBytes = 8 * 1024 * 1024;
/** The segments that this process writes to: it may have a workspace open more than once. */
const openSegments = new Set<string>();

/**
 * The journal of a workspace: a folder of append-only segments, one per process. This process appends to its own and
 * reads on in the others'.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #read = new Map<string, number>();
  readonly #owners = new Map<string, ProcessIdentity>();
  /** Segments of which the end is no whole line, and how long they are with it. */
  readonly #torn = new Map<string, number>();
  readonly #tornSeen = new Set<string>();
  #writer: SegmentWriter | undefined;
  #ownName = '';
  #opening: Promise<SegmentWriter> | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  get #segments(): string {
    return join(this.#options.folder, 'journal');
  }

  /** Forgets what was read and starts over from these watermarks. */
  reset(watermarks: Watermarks): void {
    this.#read.clear();
    for (const [name, bytes] of Object.entries(watermarks)) this.#read.set(name, bytes);
  }

  /** How far every segment is known, this process's own included. */
  watermarks(): Watermarks {
    const own = this.#writer ? { [this.#ownName]: this.#writer.size } : {};
    return { ...Object.fromEntries(this.#read), ...own };
  }

  /**
   * Reads what other processes appended since the last call. Bad lines are set aside in `quarantine/`.
   * @param own also what this process appended since the watermarks; for a state that is built anew
   * @param upTo not beyond these watermarks
   */
  async readOn(
    own = false,
    upTo?: Watermarks,
  ): Promise<{
    readonly records: readonly JournalRecord[];
    readonly quarantined: readonly Quarantined[];
  }> {
    const records: JournalRecord[] = [];
    const quarantined: Quarantined[] = [];
    const ends = new Map<string, number>();
    for (const name of (await listNames(this.#segments)).sort()) {
      if ((name === this.#ownName && !own) || !name.endsWith('.jsonl')) continue;
      const from = this.#read.get(name) ?? 0;
      if (upTo && (upTo[name] ?? 0) <= from) continue;
      const part = await readSegment(join(this.#segments, name), from, upTo?.[name]);
      if (!part) continue;
      ends.set(name, part.end);
      this.#noteOwner(name, part.records);
      records.push(...part.records);
      quarantined.push(...(await this.#setAside(name, part)));
    }
    // Only now: an image that is written meanwhile must not claim what nobody has folded yet.
    for (const [name, end] of ends) this.#read.set(name, end);
    return { records, quarantined };
  }

  /**
   * Appends records to this process's segment.
   * @param durable resolve only after fsync
   * @throws DtmError `cannot-write`; then none of the records counts
   */
  async append(records: readonly JournalRecord[], durable: boolean): Promise<void> {
    const lines = records.map(encodeRecord).join('');
    for (let left = mostMoves; ; left--) {
      try {
        return await (await this.#openWriter()).append(lines, durable);
      } catch (error) {
        if (!(error instanceof SegmentMoved)) throw error;
        // Taken for one that had ended: the lines go to a new segment, where they are read.
        if (left === 0) throw cannotWrite(this.#segments, error);
      }
    }
  }

  /**
   * Moves segments that nobody writes to any more into `archive/`, and removes what need not be kept any longer there.
   * @param covered the watermarks of base images on disk: only what all of them cover whole may go
   */
  async archive(covered: readonly Watermarks[]): Promise<void> {
    const target = join(this.#options.folder, 'archive');
    await makeFolder(target);
    for (const name of await listNames(this.#segments)) {
      // First whether its writer has ended, then how long it is: only after that nothing can be added any more.
      if (!(await this.#isAbandoned(name))) continue;
      const size = (await stat(join(this.#segments, name)).catch(undefinedIfMissing))?.size;
      const end = this.#torn.get(name) === size ? this.#read.get(name) : size;
      if (size === undefined || covered.some((marks) => marks[name] !== end)) continue;
      if (await moveUnlessGrown(join(this.#segments, name), join(target, name), size)) this.#read.delete(name);
    }
    await pruneArchive(target, this.#options.clock.now());
  }

  /** What earlier holders archived would else be named by every image for ever. */
  async forgetArchived(): Promise<void> {
    const names = new Set(await listNames(this.#segments));
    for (const name of this.#read.keys()) if (!names.has(name)) this.#read.delete(name);
  }

  /** How many segments there are. */
  async segmentCount(): Promise<number> {
    return (await listNames(this.#segments)).length;
  }

  get folderOfSegments(): string {
    return this.#segments;
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    await this.#writer?.close();
    if (this.#writer) openSegments.delete(this.#writer.path);
    this.#writer = undefined;
  }

  #openWriter(): Promise<SegmentWriter> {
    const full = this.#writer && (this.#writer.broken || this.#writer.size > rotateAtBytes);
    if (full) this.#opening = this.#rotate();
    this.#opening ??= this.#createWriter();
    const opening = this.#opening;
    opening.catch(() => {
      // Whoever waited for it may have begun another one by now.
      if (this.#opening === opening) this.#opening = undefined;
    });
    return opening;
  }

  async #rotate(): Promise<SegmentWriter> {
    const old = this.#writer;
    if (old) this.#read.set(this.#ownName, old.size);
    this.#writer = undefined;
    await old?.close().catch(() => undefined);
    if (old) openSegments.delete(old.path);
    return this.#createWriter();
  }

  async #createWriter(): Promise<SegmentWriter> {
    await makeFolder(this.#segments);
    const name = `${this.#options.newName()}-${this.#options.identity.pid}.jsonl`;
    const path = join(this.#segments, name);
    const writer = await SegmentWriter.create(path);
    try {
      await writer.append(encodeRecord({ type: 'segment', process: this.#options.identity }), false);
      await syncFolder(this.#segments);
    } catch (error) {
      // On a full disk an empty file can still be made: it must not stay, nor its handle.
      await writer.close().catch(() => undefined);
      await removeIfExists(path).catch(() => undefined);
      throw error;
    }
    openSegments.add(path);
    this.#ownName = name;
    this.#writer = writer;
    return writer;
  }

  #noteOwner(name: string, records: readonly JournalRecord[]): void {
    const first = records[0];
    if (first?.type === 'segment') this.#owners.set(name, first.process);
  }

  async #isAbandoned(name: string): Promise<boolean> {
    const life = await this.#lifeOf(name);
    return life === 'dead' || (life === 'unknown' && (await this.#isQuiet(name)));
  }

  /** Whether the process that writes a segment still does; one without a first line belongs to nobody. */
  async #lifeOf(name: string): Promise<'alive' | 'dead' | 'unknown'> {
    if (name === this.#ownName || openSegments.has(join(this.#segments, name))) return 'alive';
    const owner = this.#owners.get(name) ?? (await this.#ownerOf(name));
    if (!owner) return 'dead';
    const own = owner.pid === this.#options.identity.pid && owner.start === this.#options.identity.start;
    return own ? 'dead' : liveness(owner, this.#options.identity);
  }

  /** Of a process of an earlier boot or of another machine only the segment tells. One that runs notices: SegmentMoved. */
  async #isQuiet(name: string): Promise<boolean> {
    const file = await stat(join(this.#segments, name)).catch(undefinedIfMissing);
    return file !== undefined && Date.parse(this.#options.clock.now()) - file.mtimeMs > quietMs;
  }

  async #ownerOf(name: string): Promise<ProcessIdentity | undefined> {
    const part = await readSegment(join(this.#segments, name), 0);
    const first = part?.records[0];
    return first?.type === 'segment' ? first.process : undefined;
  }

  async #setAside(name: string, part: SegmentPart): Promise<Quarantined[]> {
    const found: Quarantined[] = [];
    for (const line of part.bad) {
      found.push({
        segment: name,
        offset: line.offset,
        kind: 'damaged',
        // Where it cannot be kept aside it still stands in the segment; reading must not fail for that.
        ...(await this.#quarantine(name, line.offset, line.text).catch(() => ({}))),
      });
    }
    if (part.torn > 0 && !this.#tornSeen.has(name) && (await this.#cutOff(name, part)))
      found.push({ segment: name, offset: part.end, kind: 'torn' });
    return found;
  }

  /** Takes the torn end of a segment for what it never acknowledged, so that it is reported once. @returns whether it is that */
  async #cutOff(name: string, { end, torn }: SegmentPart): Promise<boolean> {
    const isDead = (await this.#lifeOf(name)) === 'dead';
    if (!isDead && !(await this.#isAbandoned(name))) return false;
    this.#tornSeen.add(name);
    if (isDead) await truncate(join(this.#segments, name), end).catch(() => undefined);
    // However quiet it was: a line that is just being written looks the same. It stays, and is archived with the rest.
    else this.#torn.set(name, end + torn);
    return true;
  }

  async #quarantine(name: string, offset: number, text: string): Promise<{ readonly file: string }> {
    const folder = join(this.#options.folder, 'quarantine');
    const file = join(folder, `${name}-${offset}.txt`);
    await makeFolder(folder);
    await writeDurably(file, (handle) => handle.writeFile(text));
    return { file };
  }
}

/** A segment to which something was added in the last moment is put back. @returns whether it was moved */
async function moveUnlessGrown(from: string, to: string, size: number): Promise<boolean> {
  await rename(from, to).catch(undefinedIfMissing);
  const moved = await stat(to).catch(undefinedIfMissing);
  if (moved === undefined || moved.size === size) return true;
  await rename(to, from);
  return false;
}
