import * as z from 'zod';
import { gateIds, gateResults } from '../gates/verdict.ts';
import { entityKinds } from '../ids.ts';
import { surfaces } from '../operation.ts';
import { parseWith } from '../wire.ts';
import { canonicalJson } from './canonicalJson.ts';
import { type Cof, gateDimensions } from './dimensions.ts';
import { hashPattern, sha256Of, type TextDigest } from './hashing.ts';

/** What was done. `remote`: others did it, and it arrived here; `chain-break` begins a new chain after damage. */
export const actions = [
  'create',
  'update',
  'delete',
  'restore',
  'remote',
  'sign-in',
  'binding',
  'import',
  'gate-override',
  'chain-break',
] as const;
export type Action = (typeof actions)[number];

/** What became of it. `intent`: it was committed here; `recorded`: a fact that nothing can become of. */
export const outcomes = ['intent', 'acknowledged', 'rejected', 'conflict', 'resolved', 'dropped', 'recorded'] as const;
export type Outcome = (typeof outcomes)[number];

/** What a record can be about. */
export const subjects = [...entityKinds, 'account', 'workspace', 'ledger'] as const;
export type Subject = (typeof subjects)[number];

const filled = z.string().refine((value) => value.trim() !== '', 'must not be empty');
const hash = z.string().regex(hashPattern, 'must look like sha256:…');
const utc = z.iso.datetime({ precision: 3 });

const cof = z.object(Object.fromEntries(gateDimensions.map(({ id }) => [id, filled]))) as unknown as z.ZodType<Cof>;

const gate = z.object({
  gate: z.enum(gateIds),
  result: z.enum(gateResults),
  sentence: filled,
  /** Why the person went on all the same. */
  override: filled.optional(),
});

/** What `prev` is where nothing came before. */
const noHash = '0'.repeat(64);

/** A line of the ledger (docs/evidence.md). */
const recordSchema = z.object({
  seq: z.int().min(1),
  at: utc,
  op_id: filled,
  correlation_id: filled,
  actor: filled,
  surface: z.enum(surfaces),
  action: z.enum(actions),
  entity: z.enum(subjects),
  id: filled,
  outcome: z.enum(outcomes),
  duration_ms: z.int().min(0),
  before_hash: hash.nullable(),
  after_hash: hash.nullable(),
  changes: z.record(z.string(), z.tuple([z.json(), z.json()])),
  cof,
  gates: z.array(gate),
  prev: z.union([hash, z.literal(noHash)]),
  hash,
});
export type EvidenceRecord = Readonly<z.infer<typeof recordSchema>>;

/** A record before it has its place in a chain. */
export type RecordDraft = Omit<EvidenceRecord, 'seq' | 'prev' | 'hash'>;

/** How far a chain goes: the number and the hash of its last record. Kept elsewhere, it notices a cut tail. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first record. */
export const genesis: ChainHead = { seq: 0, hash: noHash };

/** Where a new chain begins after damage: numbers go on, hashes begin anew. @param seq the last one that was given */
export function headAfterBreak(seq: number): ChainHead {
  return { seq, hash: noHash };
}

export function headOf({ seq, hash }: ChainHead): ChainHead {
  return { seq, hash };
}

/**
 * Puts a record into the chain: numbers it, links it to the one before, and hashes it.
 * @throws DtmError `validation` if it is not a whole record: a dimension is missing, a value cannot be hashed, …
 */
export function sealRecord(head: ChainHead, draft: RecordDraft, sha256: TextDigest): EvidenceRecord {
  const unsealed = { ...draft, seq: head.seq + 1, prev: head.hash };
  return parseRecord({ ...unsealed, hash: recordHash(unsealed, sha256) });
}

/** The hash that belongs to a record: SHA-256 of `prev` and the canonical form of everything but `hash`. */
export function recordHash(record: Readonly<Record<string, unknown>>, sha256: TextDigest): string {
  const { hash: _own, ...rest } = record;
  return sha256Of(`${String(rest.prev)}${canonicalJson(rest)}`, sha256);
}

/** The record as a line, without the line feed: its canonical form. */
export function recordLine(record: EvidenceRecord): string {
  return canonicalJson(record);
}

/** @throws DtmError `validation` naming every field that is missing or wrong */
export function parseRecord(value: unknown): EvidenceRecord {
  return parseWith(recordSchema, value, 'not a record of the evidence ledger');
}
