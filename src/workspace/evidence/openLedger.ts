import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChainHead, genesis, headAfterBreak } from '../../core/evidence/record.ts';
import type { ChainBreak, Verification } from '../../core/evidence/report.ts';
import { type EvidenceMeans, rulesOf } from '../../core/evidence/rules.ts';
import { LedgerVerifier } from '../../core/evidence/verify.ts';
import { undefinedIfMissing } from '../files.ts';
import type { Watermarks } from '../journal.ts';
import { isMarkedBehind } from './behindMarker.ts';
import { Breather } from './breather.ts';
import { type LedgerPosition, ledgerEnd, ledgerFolder, ledgerLines } from './ledgerLines.ts';
import { type LedgerMark, readLedgerMark } from './ledgerMark.ts';

/** A ledger as it was found, ready to be gone on with. */
export interface OpenedLedger {
  readonly mark: LedgerMark | undefined;
  readonly head: ChainHead;
  readonly end: LedgerPosition | undefined;
  /** What stands in it beyond the mark. */
  readonly tail: LedgerTail;
  /** It was looked through as a whole, because it may lack more than this process knows of. */
  readonly isLookedThrough?: boolean;
  /** What is wrong with it: the next record has to say so. */
  readonly damage?: ChainBreak | undefined;
}

/** What records say that a state on disk may not know yet. */
export interface LedgerTail {
  /** `<operation> <outcome>` */
  readonly told: ReadonlySet<string>;
  /** The last hash of each entity. */
  readonly hashes: ReadonlyMap<string, string | null>;
}

const noTail: LedgerTail = { told: new Set(), hashes: new Map() };

export function toldKey(opId: string, outcome: string): string {
  return `${opId} ${outcome}`;
}

/**
 * Finds where a ledger ends, cuts off what was never finished, and looks through what its writer may have added after it
 * last said where it stood; through all of it if anything there is not as it should be.
 * @param trackerFolder where ledger and journal are
 */
export async function openLedger(trackerFolder: string, means: EvidenceMeans): Promise<OpenedLedger> {
  const folder = ledgerFolder(trackerFolder);
  const mark = await readLedgerMark(folder);
  const end = await ledgerEnd(folder);
  if (!mark && !end) return { mark, head: genesis, end, tail: noTail };
  const isBehind = (await isMarkedBehind(trackerFolder)) || (mark && (await isShorter(trackerFolder, mark.journal)));
  if (mark && end && !isBehind && isAt(mark, end)) return { mark, head: mark.head, end, tail: noTail };
  if (mark && end && !isBehind && isBefore(mark, end)) {
    const found = await examine(folder, means, mark);
    if (found.verification.ok) return opened(folder, mark, found);
  }
  const whole = await opened(folder, mark, await examine(folder, means, undefined, mark?.head));
  return { ...whole, isLookedThrough: true };
}

const isAt = (mark: LedgerMark, end: LedgerPosition) => mark.file === end.file && mark.size === end.size;
const isBefore = (mark: LedgerMark, end: LedgerPosition) =>
  mark.file < end.file || (mark.file === end.file && mark.size < end.size);

/** After a power failure the ends of segments may be gone that nobody had waited for. */
async function isShorter(trackerFolder: string, marks: Watermarks): Promise<boolean> {
  for (const [name, bytes] of Object.entries(marks)) {
    const found = await stat(join(trackerFolder, 'journal', name)).catch(undefinedIfMissing);
    if (found && found.size < bytes) return true;
  }
  return false;
}

interface Examined {
  readonly verification: Verification;
  readonly tail: LedgerTail;
  readonly unfinished: LedgerPosition | undefined;
  readonly lastSeq: number;
}

async function examine(
  folder: string,
  means: EvidenceMeans,
  from: LedgerMark | undefined,
  anchor?: ChainHead,
): Promise<Examined> {
  const anchors = anchor ? [anchor] : [];
  const verifier = new LedgerVerifier({ sha256: means.sha256, from: from?.head, anchors });
  const told = new Set<string>();
  const hashes = new Map<string, string | null>();
  const breather = new Breather();
  let unfinished: LedgerPosition | undefined;
  let lastSeq = Math.max(from?.head.seq ?? 0, anchor?.seq ?? 0);
  for await (const line of ledgerLines(folder, from)) {
    verifier.read(line);
    if (line.isUnfinished) unfinished = { file: line.file, size: line.offset };
    lastSeq = Math.max(lastSeq, note(line.text, { told, hashes }, means.rules));
    await breather.pause();
  }
  return { verification: verifier.finish(), tail: { told, hashes }, unfinished, lastSeq };
}

interface Noted {
  readonly told: Set<string>;
  readonly hashes: Map<string, string | null>;
}

/** Keeps what a line says. @returns its number; 0 where it cannot be read */
function note(text: string, { told, hashes }: Noted, rules: string): number {
  try {
    const record = JSON.parse(text) as Record<string, string> & { readonly cof: { readonly ethics: string } };
    const { op_id: opId = '', outcome = '', id = '', after_hash: hash = null } = record;
    told.add(toldKey(opId, outcome));
    if (rulesOf(record) !== rules) hashes.clear();
    else if (record.entity !== 'workspace' && record.entity !== 'ledger') hashes.set(id, hash);
    return Number.isSafeInteger(Number(record.seq)) ? Number(record.seq) : 0;
  } catch {
    return 0;
  }
}

async function opened(folder: string, mark: LedgerMark | undefined, found: Examined): Promise<OpenedLedger> {
  const { verification, tail, unfinished, lastSeq } = found;
  if (unfinished) await truncate(join(folder, unfinished.file), unfinished.size);
  const end = await ledgerEnd(folder);
  const { fault, head } = verification;
  if (!fault) return { mark, head, end, tail };
  const { file, line, law } = fault;
  // Beyond the damage nothing is believed: what entities are is told anew, which operations are known is not forgotten.
  return {
    mark,
    head: headAfterBreak(lastSeq),
    end,
    tail: { told: tail.told, hashes: new Map() },
    damage: { file: file === '' ? 'none' : file, line, law, lastGood: head },
  };
}
