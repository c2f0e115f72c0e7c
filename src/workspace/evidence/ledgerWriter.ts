import { open, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entity } from '../../core/entity.ts';
import { chainBreakFacts } from '../../core/evidence/chainBreak.ts';
import { draftRecord } from '../../core/evidence/draftRecord.ts';
import { entityForm, formHash } from '../../core/evidence/entityForm.ts';
import type { EvidenceEvent, EvidencePlace } from '../../core/evidence/event.ts';
import { ledgerFile } from '../../core/evidence/ledgerFile.ts';
import { type ChainHead, headOf, type RecordDraft, recordLine, sealRecord } from '../../core/evidence/record.ts';
import type { EvidenceMeans } from '../../core/evidence/rules.ts';
import { kindOfId } from '../../core/ids.ts';
import { jsonEqual } from '../../core/json.ts';
import type { Surface } from '../../core/operation.ts';
import type { Clock, EvidenceStanding, Logger } from '../../core/ports.ts';
import { makeFolder, syncFolder } from '../files.ts';
import type { Watermarks } from '../journal.ts';
import { Breather, nextTurn } from './breather.ts';
import type { Happening } from './happening.ts';
import type { LedgerPosition } from './ledgerLines.ts';
import { type LedgerMark, writeLedgerMark } from './ledgerMark.ts';
import { type OpenedLedger, toldKey } from './openLedger.ts';

export interface LedgerWriterOptions {
  readonly folder: string;
  readonly means: EvidenceMeans;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newName: () => string;
  readonly surface: Surface;
  readonly account: () => string;
  readonly place: () => Promise<EvidencePlace>;
  /** How far the journal is folded; read in a turn of its own, so that every fold up to there has been told. */
  readonly watermarks: () => Watermarks;
  /** Entities that ended before any server knew them. */
  readonly gone: () => Iterable<string>;
  /** The ledger knows everything up to where it says it does. */
  readonly onComplete: () => Promise<void>;
  /** Whether this process still holds the lease. */
  readonly mayWrite: () => Promise<boolean>;
}

const flushAfterMs = 200;
/** One write for so many records: a batch of a thousand is on disk in a few. */
const chunkRecords = 250;

/**
 * Writes the ledger of a tracker; there is one at a time, with the lease holder. What is to be told is queued at no
 * cost, and hashed and written afterwards in slices of a few milliseconds, while nobody waits.
 */
export class LedgerWriter {
  readonly #options: LedgerWriterOptions;
  readonly #told: ReadonlySet<string>;
  readonly #hashes: Map<string, string | null>;
  #head: ChainHead;
  #end: LedgerPosition | undefined;
  #marked: LedgerMark | undefined;
  #queue: Happening[] = [];
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #isFolderMade = false;
  /** Until a large pull is in a base image, a crash takes it back: then the ledger must be looked through from before. */
  #isHeldBack = false;

  constructor(options: LedgerWriterOptions, opened: OpenedLedger) {
    this.#options = options;
    this.#told = opened.tail.told;
    this.#hashes = new Map(opened.tail.hashes);
    this.#head = opened.head;
    this.#end = opened.end;
    this.#marked = opened.mark;
    if (opened.damage) this.put({ event: this.#breakEvent(chainBreakFacts(opened.damage)) });
  }

  get standing(): EvidenceStanding {
    return { seq: this.#head.seq, unrecorded: this.#queue.length };
  }

  /** Takes something to tell. */
  put(happening: Happening): void {
    if (this.#closed || this.#isRepeated(happening.event)) return;
    this.#queue.push(happening);
    this.#timer ??= this.#inAWhile();
  }

  /**
   * Takes what happened before this process became the holder.
   * @param seen what the person sees now: where the ledger says something else, the journal has lost what it knew
   */
  catchUp(held: readonly Happening[], seen: (id: string) => Entity | null): void {
    for (const happening of held) {
      if (!this.#told.has(toldKey(happening.event.opId, happening.event.outcome))) this.put(happening);
    }
    for (const id of this.#hashes.keys()) {
      const entity = seen(id);
      this.#queue.push({ event: { ...this.#foundEvent(id, entity), command: comparison } });
    }
    if (this.#queue.length > 0) this.#timer ??= this.#inAWhile();
  }

  /** What is known now exists in memory only, or is in a base image again. */
  holdBack(isHeldBack: boolean): void {
    this.#isHeldBack = isHeldBack;
  }

  /**
   * Writes everything that was told so far, and syncs it.
   * @throws DtmError `cannot-write`, or what the disk says; then nothing is lost, and it is tried again
   */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = this.#running.catch(() => undefined).then(() => this.#write());
    return this.#running;
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      this.#options.logger.warn('evidence.not-written', { error: String(error), waiting: this.#queue.length });
    }
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #inAWhile(): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.flush().catch((error: unknown) => {
        this.#options.logger.warn('evidence.not-written', { error: String(error), waiting: this.#queue.length });
        if (!this.#closed) this.#timer ??= this.#inAWhile();
      });
    }, flushAfterMs);
    timer.unref();
    return timer;
  }

  async #write(): Promise<void> {
    await nextTurn();
    const journal = this.#options.watermarks();
    let waiting = this.#queue.length;
    if (!(await this.#options.mayWrite())) return;
    const place = await this.#options.place();
    while (waiting > 0) waiting -= await this.#writeChunk(place, Math.min(waiting, chunkRecords));
    await this.#mark(journal);
  }

  /** Writes the first records of the queue. @returns how many of it are done */
  async #writeChunk(place: EvidencePlace, most: number): Promise<number> {
    const chunk = new Chunk(this.#head, this.#hashes);
    const breather = new Breather();
    const file = ledgerFile(this.#queue[0]?.event.at ?? '', this.#end?.file);
    let taken = 0;
    for (const happening of this.#queue.slice(0, most)) {
      if (ledgerFile(happening.event.at, file) !== file) break;
      this.#derive(happening, place, chunk);
      taken++;
      await breather.pause();
    }
    if (chunk.text !== '') this.#end = await this.#append(file, chunk.text);
    this.#head = chunk.head;
    for (const [id, hash] of chunk.hashes) this.#hashes.set(id, hash);
    this.#queue.splice(0, taken);
    return taken;
  }

  #derive({ event, sprint }: Happening, place: EvidencePlace, chunk: Chunk): void {
    const { means, logger } = this.#options;
    try {
      const isEntity = kindOfId(event.id) !== undefined;
      const known = chunk.hash(event.id);
      if (event.command === comparison) {
        const hash = event.after && formHash(entityForm(event.after, means), means.sha256);
        if (known !== hash) chunk.add(this.#gapRecord(event, known ?? null, place), means);
        return;
      }
      const draft = draftRecord(event, { ...place, sprint }, means);
      if (isEntity && known !== undefined && known !== draft.before_hash) {
        logger.warn('evidence.gap', { id: event.id, op: event.opId });
        chunk.add(this.#gapRecord({ ...this.#foundEvent(event.id, event.before), at: event.at }, known, place), means);
      }
      chunk.add(draft, means);
    } catch (error) {
      // One happening that cannot be recorded must not keep all others out.
      logger.error('evidence.not-recorded', { id: event.id, op: event.opId, error: String(error) });
    }
  }

  /** Says that something is another than the ledger left it: a crash took records of the journal with it. */
  #gapRecord(event: EvidenceEvent, known: string | null, place: EvidencePlace): RecordDraft {
    const command = 'found other than the ledger left it';
    const draft = draftRecord({ ...event, command }, place, this.#options.means);
    return { ...draft, before_hash: known };
  }

  #foundEvent(id: string, entity: Entity | null): EvidenceEvent {
    const kind = kindOfId(id) ?? 'task';
    const happened = this.#happened(`found:${this.#options.newName()}`);
    return { ...happened, surface: 'server', action: 'remote', entity: kind, id, before: null, after: entity };
  }

  #breakEvent(facts: EvidenceEvent['facts']): EvidenceEvent {
    const { surface, account, newName } = this.#options;
    return {
      ...this.#happened(`chain-break:${newName()}`),
      actor: account(),
      surface,
      action: 'chain-break',
      entity: 'ledger',
      id: 'ledger',
      before: null,
      after: null,
      facts,
    };
  }

  #happened(opId: string) {
    const at = this.#options.clock.now();
    return { opId, correlationId: opId, actor: '', outcome: 'recorded', at, durationMs: 0 } as const;
  }

  /** An operation is intended once; what a crash made us forget may be told again. */
  #isRepeated({ opId, outcome }: EvidenceEvent): boolean {
    return outcome === 'intent' && this.#told.has(toldKey(opId, outcome));
  }

  async #append(file: string, text: string): Promise<LedgerPosition> {
    const { folder } = this.#options;
    await this.#makeFolder();
    const path = join(folder, file);
    const size = this.#end?.file === file ? this.#end.size : 0;
    const handle = await open(path, 'a', 0o600);
    const bytes = Buffer.from(text);
    try {
      await handle.appendFile(bytes);
      await handle.datasync();
    } catch (error) {
      // The next attempt writes the same records.
      await truncate(path, size).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
    if (size === 0) await syncFolder(folder);
    return { file, size: size + bytes.length };
  }

  async #makeFolder(): Promise<void> {
    if (!this.#isFolderMade) await makeFolder(this.#options.folder);
    this.#isFolderMade = true;
  }

  async #mark(journal: Watermarks): Promise<void> {
    if (this.#isHeldBack || !this.#end) return;
    const gone = [...this.#options.gone()];
    const mark: LedgerMark = { format: 1, head: this.#head, ...this.#end, journal, gone };
    if (jsonEqual(mark, this.#marked)) return;
    await writeLedgerMark(this.#options.folder, mark);
    this.#marked = mark;
    await this.#options.onComplete();
  }
}

/** Marks what is only told if the ledger says something else. */
const comparison = 'compared with the ledger';

/** Records that are not written yet, one after the other. */
class Chunk {
  head: ChainHead;
  text = '';
  readonly hashes = new Map<string, string | null>();
  readonly #written: ReadonlyMap<string, string | null>;

  constructor(head: ChainHead, written: ReadonlyMap<string, string | null>) {
    this.head = head;
    this.#written = written;
  }

  /** What was last said of an entity; undefined: nothing that is known here. */
  hash(id: string): string | null | undefined {
    const own = this.hashes.get(id);
    return own === undefined ? this.#written.get(id) : own;
  }

  add(draft: RecordDraft, { sha256 }: EvidenceMeans): void {
    const record = sealRecord(this.head, draft, sha256);
    this.text += `${recordLine(record)}\n`;
    this.head = headOf(record);
    if (kindOfId(record.id) !== undefined) this.hashes.set(record.id, record.after_hash);
  }
}
