import { chainBreakOf } from './chainBreak.ts';
import type { EntityForm } from './entityForm.ts';
import type { TextDigest } from './hashing.ts';
import { Precedence } from './precedence.ts';
import { readRecord } from './readRecord.ts';
import { type ChainHead, type EvidenceRecord, genesis, headOf } from './record.ts';
import { type Breach, Replay } from './replay.ts';
import type { Fault, Finding, Remark, Verification } from './report.ts';
import { rulesOf } from './rules.ts';

/** A line of a ledger file, without its line feed. */
export interface LedgerLine {
  /** The file's name. */
  readonly file: string;
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** No line feed follows: it is still being written, or its writing was interrupted. */
  readonly isUnfinished?: boolean | undefined;
}

export interface VerifyOptions {
  readonly sha256: TextDigest;
  /** What comes before the first line, where that is not the beginning of the ledger. */
  readonly from?: ChainHead | undefined;
  /** Heads that were seen earlier and kept elsewhere: each must lie on the chain. */
  readonly anchors?: readonly ChainHead[] | undefined;
  /** The hash of the workspace's path, as the records must name it. */
  readonly workspace?: string | undefined;
  /** What the records come to must be what there is now. */
  readonly current?: CurrentForms | undefined;
}

/** The entities as they are now, in the form of the ledger. */
export interface CurrentForms {
  /** By which rules these forms were made; where the ledger's last record has others, they cannot be compared. */
  readonly rules: string;
  /** Null: there is no such entity; undefined: not known. */
  form(id: string): EntityForm | null | undefined;
}

/** Clocks of one machine are corrected by less than that without anybody noticing. */
const clockToleranceMs = 5_000;

/** What the line of a new chain's first record cannot be without. */
const newChainMark = '"action":"chain-break"';

/** Verifies a ledger, the oldest file first. */
export function verifyLedger(lines: Iterable<LedgerLine>, options: VerifyOptions): Verification {
  const verifier = new LedgerVerifier(options);
  for (const line of lines) verifier.read(line);
  return verifier.finish();
}

/**
 * Verifies a ledger line by line, in memory that grows with the entities and operations, not with the records.
 * After the first fault it only looks for the record that declares it: the `chain-break` that begins a new chain.
 */
export class LedgerVerifier {
  readonly #options: VerifyOptions;
  readonly #replay: Replay;
  readonly #precedence: Precedence;
  readonly #remarks: Remark[] = [];
  /** Those that the chain has not reached yet, in its order. */
  #anchors: ChainHead[];
  #head: ChainHead;
  #fault: Fault | undefined;
  #place: Finding = { file: '', line: 0, message: '' };
  #records = 0;
  #rules: string | undefined;
  #latest = 0;

  constructor(options: VerifyOptions) {
    const { from, sha256, anchors = [] } = options;
    this.#options = options;
    this.#head = from ?? genesis;
    this.#replay = new Replay(sha256);
    this.#precedence = new Precedence(from !== undefined);
    this.#anchors = anchors.filter(({ seq }) => seq > this.#head.seq).sort((a, b) => a.seq - b.seq);
  }

  read({ file, number: line, text, isUnfinished = false }: LedgerLine): void {
    this.#place = { file, line, message: '' };
    if (isUnfinished) this.#remark('unfinished-line', 'the line is not finished; it was never part of the ledger');
    else this.#judge(text);
  }

  finish(): Verification {
    const missing = this.#anchors.at(0);
    if (!this.#fault && missing) {
      this.#place = { ...this.#place, line: this.#place.line + 1, seq: undefined };
      this.#blame(provenance(`the ledger ends with record ${this.#head.seq}, but record ${missing.seq} was seen`));
    }
    const { current } = this.#options;
    const isComparable = !this.#fault && current?.rules === this.#rules;
    const difference = current && isComparable ? this.#replay.compare((id) => current.form(id)) : undefined;
    if (difference) this.#blame(difference);
    const fault = this.#fault;
    return {
      ok: fault === undefined,
      ...(fault ? { fault } : {}),
      remarks: this.#remarks,
      records: this.#records,
      head: this.#head,
    };
  }

  #judge(text: string): void {
    this.#records += 1;
    const mayMatter = this.#fault === undefined || text.includes(newChainMark);
    const record = mayMatter ? readRecord(text, this.#options.sha256) : undefined;
    if (record === undefined) return;
    if ('law' in record) {
      this.#blame(record);
    } else {
      this.#place = { ...this.#place, seq: record.seq };
      if (record.action === 'chain-break') this.#beginAnew(record);
      else if (!this.#fault) this.#follow(record);
    }
  }

  #follow(record: EvidenceRecord): void {
    this.#keepRules(rulesOf(record));
    const breach =
      chainBreach(record, this.#head) ??
      this.#originBreach(record) ??
      this.#precedence.follow(record) ??
      this.#replay.follow(record);
    if (breach) this.#blame(breach);
    else this.#accept(record);
  }

  /** Entities are hashed in another way from here on: their hashes and values cannot be compared with earlier ones. */
  #keepRules(rules: string): void {
    if (rules === this.#rules) return;
    if (this.#rules !== undefined) this.#remark('rules-changed', 'from here on entities are hashed by other rules');
    this.#rules = rules;
    this.#replay.clear();
  }

  #accept(record: EvidenceRecord): void {
    this.#head = headOf(record);
    const time = Date.parse(record.at);
    if (time < this.#latest - clockToleranceMs)
      this.#remark('clock-back', `the clock went back by ${Math.round((this.#latest - time) / 1_000)} s`);
    this.#latest = time;
    while (this.#anchors[0] && this.#anchors[0].seq <= record.seq) this.#anchors.shift();
  }

  #originBreach(record: EvidenceRecord): Breach | undefined {
    const { workspace } = this.#options;
    if (workspace !== undefined && !record.cof.space.endsWith(`; workspace: ${workspace}`))
      return provenance('the record was made in another workspace');
    const isOther = ({ seq, hash }: ChainHead) => seq === record.seq && hash !== record.hash;
    const isForged = this.#anchors[0]?.seq === record.seq && this.#anchors.some(isOther);
    return isForged ? provenance('it is not the record of this number that was seen before') : undefined;
  }

  /** A new chain is accepted if it says what it leaves behind; everything in between is lost. */
  #beginAnew(record: EvidenceRecord): void {
    const breach =
      (this.#fault ? this.#undeclared(record, this.#fault) : this.#unfounded(record)) ?? this.#lose(record);
    if (breach) this.#blame(breach);
    else this.#accept(record);
  }

  /** Goes on in the new chain without what the old one said. */
  #lose(record: EvidenceRecord): Breach | undefined {
    this.#fault = undefined;
    this.#remark('chain-break', `a new chain begins: ${describe(record)}`);
    this.#replay.clear();
    this.#precedence.forgive();
    const lost = this.#anchors.filter(({ seq }) => seq < record.seq);
    for (const { seq } of lost) this.#remark('anchor-lost', `record ${seq} was seen before and is lost`);
    this.#anchors = this.#anchors.slice(lost.length);
    return this.#originBreach(record);
  }

  #undeclared(record: EvidenceRecord, fault: Fault): Breach | undefined {
    const named = chainBreakOf(record);
    const isNamed = named?.file === fault.file && named.line === fault.line && named.lastGood.hash === this.#head.hash;
    return isNamed && isFirst(record, this.#head) ? undefined : provenance('it does not name the damage before it');
  }

  #unfounded(record: EvidenceRecord): Breach | undefined {
    const named = chainBreakOf(record);
    const isOnChain = named && (named.lastGood.seq < this.#head.seq || named.lastGood.hash === this.#head.hash);
    return isOnChain && isFirst(record, this.#head) ? undefined : provenance('a new chain begins without a reason');
  }

  /** Only the first fault counts: what comes after it cannot be judged. */
  #blame({ law, message }: Breach): void {
    this.#fault ??= { ...this.#place, law, message };
  }

  #remark(kind: Remark['kind'], message: string): void {
    this.#remarks.push({ ...this.#place, kind, message });
  }
}

function describe(record: EvidenceRecord): string {
  const named = chainBreakOf(record);
  return named ? `${named.file}, line ${named.line}, broke the law of ${named.law}` : 'no reason is given';
}

function chainBreach(record: EvidenceRecord, head: ChainHead): Breach | undefined {
  if (record.seq !== head.seq + 1) return provenance(`record ${head.seq + 1} should be here, not ${record.seq}`);
  return record.prev === head.hash ? undefined : provenance('prev is not the hash of the record before');
}

function isFirst(record: EvidenceRecord, head: ChainHead): boolean {
  return record.prev === genesis.hash && record.seq > head.seq;
}

function provenance(message: string): Breach {
  return { law: 'provenance', message };
}
