import type { FormChanges } from './entityForm.ts';
import type { EvidenceRecord } from './record.ts';
import { type ChainBreak, laws } from './report.ts';

/** How a record of the action `chain-break` names the damage. */
export function chainBreakFacts({ file, line, law, lastGood }: ChainBreak): FormChanges {
  return {
    file: [null, file],
    line: [null, line],
    law: [null, law],
    last_seq: [null, lastGood.seq],
    last_hash: [null, lastGood.hash],
  };
}

/** The damage that a record names; undefined if it names none. */
export function chainBreakOf({ action, changes }: EvidenceRecord): ChainBreak | undefined {
  const [file, line, law, seq, hash] = ['file', 'line', 'law', 'last_seq', 'last_hash'].map((key) => changes[key]?.[1]);
  const named = laws.find((known) => known === law);
  if (action !== 'chain-break' || named === undefined) return undefined;
  if (typeof file !== 'string' || typeof line !== 'number') return undefined;
  if (typeof seq !== 'number' || typeof hash !== 'string') return undefined;
  return { file, line, law: named, lastGood: { seq, hash } };
}
