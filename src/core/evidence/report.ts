import type { ChainHead } from './record.ts';

/** The five laws that a ledger keeps. */
export const laws = ['verifiability', 'precedence', 'provenance', 'reproducibility', 'integrity'] as const;
export type Law = (typeof laws)[number];

/** Where something is wrong. */
export interface Finding {
  readonly file: string;
  /** From 1; one more than the file has where a record is missing at its end. */
  readonly line: number;
  /** Of the record there; undefined where it cannot be read. */
  readonly seq?: number | undefined;
  readonly message: string;
}

/** A law that a record breaks. */
export interface Fault extends Finding {
  readonly law: Law;
}

/** What somebody should know, though it breaks no law. */
export interface Remark extends Finding {
  readonly kind: 'chain-break' | 'rules-changed' | 'clock-back' | 'unfinished-line' | 'anchor-lost';
}

export interface Verification {
  /** No law is broken, but for what a later record declares. */
  readonly ok: boolean;
  /** The first record that breaks a law. */
  readonly fault?: Fault | undefined;
  readonly remarks: readonly Remark[];
  readonly records: number;
  /** How far the chain goes: the anchor to keep. */
  readonly head: ChainHead;
}

/** What the first record of a new chain says about the damage that made it necessary. */
export interface ChainBreak {
  readonly file: string;
  readonly line: number;
  readonly law: Law;
  /** The last record before the damage that held. */
  readonly lastGood: ChainHead;
}
