import type { Entity } from '../../core/entity.ts';
import { kindOfId } from '../../core/ids.ts';
import type { Operation } from '../../core/operation.ts';
import type { Clock, EvidenceStanding } from '../../core/ports.ts';
import type { Watermarks } from '../journal.ts';
import type { JournalRecord } from '../journalRecord.ts';
import type { TrackerState } from '../trackerState.ts';
import { FoldRecorder } from './foldRecorder.ts';
import type { Happening } from './happening.ts';
import { type LedgerMark, readLedgerMark } from './ledgerMark.ts';
import type { LedgerWriter } from './ledgerWriter.ts';

export interface UnrecordedOptions {
  /** The folder of the ledger. */
  readonly folder: string;
  readonly clock: Clock;
  readonly newName: () => string;
}

/** A process that is not the holder need not remember for ever: it can read the journal again. */
const mostHeld = 5_000;

/**
 * What was folded here and is not in the ledger, as far as this process knows: handed to the ledger's writer when this
 * process becomes the holder, and from then on as it happens.
 */
export class Unrecorded {
  readonly #options: UnrecordedOptions;
  readonly #recorder: FoldRecorder;
  #mark: LedgerMark | undefined;
  #held: Happening[] = [];
  #isWhole = false;
  #isBounded = true;
  #writer: LedgerWriter | undefined;

  constructor(options: UnrecordedOptions) {
    this.#options = options;
    const { clock, newName } = options;
    this.#recorder = new FoldRecorder({ now: () => clock.now(), newName, onHappening: (one) => this.#take(one) });
  }

  get gone(): ReadonlySet<string> {
    return this.#recorder.gone;
  }

  /** How far the ledger went when it was last looked at, and what was folded here since. */
  get standing(): EvidenceStanding {
    return { seq: this.#mark?.head.seq ?? 0, unrecorded: this.#isWhole ? this.#held.length : undefined };
  }

  /**
   * A state is about to be read.
   * @param isForLedger this process is about to write the ledger: whatever is read is remembered
   * @returns up to where the ledger knows the journal; undefined: there is none
   */
  async restart(isForLedger: boolean): Promise<Watermarks | undefined> {
    this.#isBounded = !isForLedger;
    this.#mark = await readLedgerMark(this.#options.folder);
    this.#held = [];
    this.#isWhole = true;
    for (const id of this.#mark?.gone ?? []) this.#recorder.gone.add(id);
    return this.#mark?.journal;
  }

  /** The state is that of a base image, of which no ledger knows anything. */
  begin(state: TrackerState): void {
    this.#recorder.tellUnsettled(state);
  }

  fold(state: TrackerState, record: JournalRecord, isBulk = false): readonly string[] {
    return this.#recorder.fold(state, record, isBulk);
  }

  replaced(old: TrackerState, state: TrackerState, made: readonly Operation[]): void {
    this.#recorder.tellReplaced(old, state, made);
  }

  /**
   * Whether this process knows everything that the ledger lacks.
   * @param mark where the ledger stands now
   * @param journal how far this process has read
   */
  isComplete(mark: LedgerMark | undefined, journal: Watermarks): boolean {
    return (this.#isWhole && isSame(mark, this.#mark)) || this.follow(mark, journal);
  }

  /** Forgets what was held, if the ledger tells all of it by now. @returns whether it does */
  follow(mark: LedgerMark | undefined, journal: Watermarks): boolean {
    if (!mark || !Object.entries(journal).every(([name, bytes]) => (mark.journal[name] ?? 0) >= bytes)) return false;
    this.#mark = mark;
    this.#held = [];
    this.#isWhole = true;
    for (const id of mark.gone) this.#recorder.gone.add(id);
    return true;
  }

  /**
   * From now on what happens is written.
   * @param tellsAll the ledger may lack more than what was folded here: what it knows is not told again
   */
  attach(writer: LedgerWriter, state: TrackerState, tellsAll: boolean): void {
    const told = new Set(this.#held.map(({ event }) => event.opId));
    writer.catchUp(this.#held, (id) => entityIn(state, id));
    this.#held = [];
    this.#isBounded = true;
    this.#writer = writer;
    if (tellsAll) this.#recorder.tellUnsettled(state, told);
  }

  /** Another process may be the holder now. */
  detach(writer: LedgerWriter): void {
    if (this.#writer !== writer) return;
    this.#writer = undefined;
    this.#isWhole = false;
  }

  #take(happening: Happening): void {
    if (this.#writer) this.#writer.put(happening);
    else if (this.#isWhole) this.#held.push(happening);
    if (!this.#isBounded || this.#held.length <= mostHeld) return;
    this.#held = [];
    this.#isWhole = false;
  }
}

function isSame(one: LedgerMark | undefined, other: LedgerMark | undefined): boolean {
  return one?.head.hash === other?.head.hash && one?.head.seq === other?.head.seq && sameJournal(one, other);
}

function sameJournal(one: LedgerMark | undefined, other: LedgerMark | undefined): boolean {
  const [a, b] = [one?.journal ?? {}, other?.journal ?? {}];
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}

function entityIn({ visible }: TrackerState, id: string): Entity | null {
  const kind = kindOfId(id);
  return (kind && visible.get(kind, id)) ?? null;
}
