import { createHash, createHmac } from 'node:crypto';
import { applyOperation } from '../../src/core/apply.ts';
import type { Entity } from '../../src/core/entity.ts';
import { draftRecord } from '../../src/core/evidence/draftRecord.ts';
import { type EvidenceEvent, type EvidencePlace, operationEvent } from '../../src/core/evidence/event.ts';
import { ledgerFile } from '../../src/core/evidence/ledgerFile.ts';
import {
  type ChainHead,
  type EvidenceRecord,
  genesis,
  headAfterBreak,
  headOf,
  recordLine,
  sealRecord,
} from '../../src/core/evidence/record.ts';
import { type EvidenceMeans, evidenceMeans } from '../../src/core/evidence/rules.ts';
import type { LedgerLine } from '../../src/core/evidence/verify.ts';
import type { Operation } from '../../src/core/operation.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Real hashes; the key stands for the one in the keychain. */
export const means: EvidenceMeans = meansWith('a key of this test');

export function meansWith(key: string, privateField = 'actual_hours'): EvidenceMeans {
  const hmac = (text: string) => createHmac('sha256', key).update(text).digest('hex');
  return evidenceMeans({ sha256, hmac }, (kind, field) => kind === 'task' && field === privateField);
}

export const place: EvidencePlace = {
  workspace: sha256('/home/ana/work'),
  machine: sha256('laptop'),
  origin: 'http://127.0.0.1:8000',
  git: { branch: 'main', commit: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b' },
  permission: 'member',
};

/** Writes a ledger in memory as the lease holder writes it on disk: what people see, step by step, in files of a month. */
export class TestLedger {
  readonly records: EvidenceRecord[] = [];
  readonly seen = new Map<string, Entity>();
  means = means;
  readonly #place: EvidencePlace;
  #head: ChainHead = genesis;
  #time = Date.parse('2026-10-30T08:00:00.000Z');

  constructor(where: EvidencePlace = place) {
    this.#place = where;
  }

  /** Lets time pass. */
  wait(ms: number): void {
    this.#time += ms;
  }

  /** What a person does: recorded as intent, and seen. */
  commit(operation: Operation, more: Partial<EvidenceEvent> = {}): EvidenceRecord {
    const before = this.seen.get(operation.id) ?? null;
    const result = applyOperation(before, operation, this.#stamp(operation.account));
    return this.#record(operation, 'intent', before, result.outcome === 'applied' ? result.entity : before, more);
  }

  /** What became of it, and how the entity is seen from then on. */
  settle(operation: Operation, outcome: EvidenceEvent['outcome'], after?: Entity | null): EvidenceRecord {
    const before = this.seen.get(operation.id) ?? null;
    return this.#record(operation, outcome, before, after === undefined ? before : after, {});
  }

  /** What others did. */
  remote(id: string, entity: Operation['entity'], after: Entity | null): EvidenceRecord {
    const before = this.seen.get(id) ?? null;
    const version = after?.version ?? 0;
    return this.add({
      opId: `remote:${id}@${version}`,
      correlationId: 'pull',
      actor: after?.updatedBy ?? '',
      surface: 'server',
      action: 'remote',
      entity,
      id,
      outcome: 'recorded',
      at: this.#now(),
      durationMs: 0,
      before,
      after,
    });
  }

  /** Any event. */
  add(event: EvidenceEvent): EvidenceRecord {
    const record = sealRecord(this.#head, draftRecord(event, this.#place, this.means), sha256);
    this.#head = headOf(record);
    this.records.push(record);
    if (event.after) this.seen.set(event.id, event.after);
    else this.seen.delete(event.id);
    return record;
  }

  /** Begins a new chain. */
  breakAfter(seq: number): void {
    this.#head = headAfterBreak(seq);
  }

  get head(): ChainHead {
    return this.#head;
  }

  lines(): LedgerLine[] {
    return linesOf(this.records);
  }

  now(): string {
    return this.#now();
  }

  #record(
    operation: Operation,
    outcome: EvidenceEvent['outcome'],
    before: Entity | null,
    after: Entity | null,
    more: Partial<EvidenceEvent>,
  ): EvidenceRecord {
    const circumstances = { correlationId: operation.opId, outcome, at: this.#now(), durationMs: 3, before, after };
    return this.add({ ...operationEvent(operation, circumstances), ...more });
  }

  #stamp(actor: string) {
    return { now: this.#now(), at: this.#now(), actor };
  }

  #now(): string {
    this.#time += 1_000;
    return new Date(this.#time).toISOString();
  }
}

/** Records as lines of files of a month. */
export function linesOf(records: readonly EvidenceRecord[]): LedgerLine[] {
  const counts = new Map<string, number>();
  let file: string | undefined;
  return records.map((record) => {
    file = ledgerFile(record.at, file);
    const number = (counts.get(file) ?? 0) + 1;
    counts.set(file, number);
    return { file, number, text: recordLine(record) };
  });
}
