import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import type { EvidenceRecord } from '../../src/core/evidence/record.ts';
import type { Verification } from '../../src/core/evidence/report.ts';
import { LedgerVerifier } from '../../src/core/evidence/verify.ts';
import { sha256 } from '../../src/workspace/evidence/evidenceMeans.ts';
import { ledgerFolder, ledgerLines } from '../../src/workspace/evidence/ledgerLines.ts';

/** A ledger as it stands on disk, verified. */
export interface CheckedLedger {
  readonly verification: Verification;
  readonly records: readonly EvidenceRecord[];
}

/** Reads and verifies the ledger of a tracker. @param folder of the tracker */
export async function checkLedger(folder: string): Promise<CheckedLedger> {
  const verifier = new LedgerVerifier({ sha256 });
  const records: EvidenceRecord[] = [];
  for await (const line of ledgerLines(ledgerFolder(folder))) {
    verifier.read(line);
    if (!line.isUnfinished && line.text.startsWith('{"action"')) records.push(JSON.parse(line.text) as EvidenceRecord);
  }
  return { verification: verifier.finish(), records };
}

/** The same for a ledger that has to be whole: no fault, and no operation that is intended twice. */
export async function soundLedger(root: string): Promise<readonly EvidenceRecord[]> {
  const { verification, records } = await checkLedger(join(root, 'state'));
  assert.equal(verification.fault, undefined);
  const intents = records.filter(({ outcome }) => outcome === 'intent').map(({ op_id: opId }) => opId);
  assert.equal(new Set(intents).size, intents.length, 'an operation is intended twice');
  return records;
}

/** What the records say of each operation, in short: `create task: intent, acknowledged`. */
export function stories(records: readonly EvidenceRecord[]): string[] {
  const byOperation = new Map<string, EvidenceRecord[]>();
  for (const record of records) {
    if (record.outcome === 'recorded') continue;
    byOperation.set(record.op_id, [...(byOperation.get(record.op_id) ?? []), record]);
  }
  return [...byOperation.values()].map((of) => {
    const { action, entity } = of[0] ?? {};
    return `${action} ${entity}: ${of.map(({ outcome }) => outcome).join(', ')}`;
  });
}

/** The ledgers of open workspaces hold, tell all that is seen, and nothing had to be found. */
export async function assertSoundEvidence(...apps: readonly DtmApp[]): Promise<void> {
  // One of several on a workspace writes the ledger: it does so now, the others read it then.
  for (const app of apps) await app.evidence.verify();
  for (const app of apps) {
    const { fault, remarks, unrecorded } = await app.evidence.verify();
    assert.deepEqual({ fault, unrecorded, remarks }, { fault: undefined, unrecorded: 0, remarks: [] });
    const { records } = await checkLedger(app.stateFolder);
    assert.notEqual(records.length, 0);
    assert.deepEqual(
      records.filter(({ op_id: opId }) => opId.startsWith('found:')),
      [],
    );
  }
}
