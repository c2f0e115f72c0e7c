import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EvidenceRecord, genesis, headOf, recordLine, sealRecord } from '../../../../src/core/evidence/record.ts';
import { type LedgerLine, verifyLedger } from '../../../../src/core/evidence/verify.ts';
import { linesOf, means } from '../../../support/evidence.ts';
import { longHistory } from '../../../support/honestHistory.ts';
import { repositoryRoot } from '../../../support/paths.ts';
import { useTemporaryFolder } from '../../../support/temporary.ts';

const script = join(repositoryRoot, 'test/fixtures/evidence/verify.py');
const records = longHistory(2_600, 3).records.slice(0, 1_000);
const lines = linesOf(records);
const middle = 500;

type Change = (record: EvidenceRecord) => Partial<EvidenceRecord>;

/** The ledger of somebody who knows the format: one record changed, and all of them hashed anew. */
function forged(index: number, change: Change): LedgerLine[] {
  return resealed((record) => (record === records[index] ? change(record) : {}));
}

function resealed(change: Change): LedgerLine[] {
  let head = genesis;
  const sealed = records.map((record) => {
    const next = sealRecord(head, { ...record, ...change(record) }, means.sha256);
    head = headOf(next);
    return next;
  });
  return linesOf(sealed);
}

function edited(index: number, edit: (text: string) => string): LedgerLine[] {
  return lines.with(index, { ...lines[index]!, text: edit(lines[index]!.text) });
}

const indexOf = (test: (record: EvidenceRecord) => boolean) => records.findIndex(test);
const created = indexOf(({ action, outcome }) => action === 'create' && outcome === 'intent');
const seen = indexOf(({ before_hash: before, entity }) => before !== null && entity === 'task');
const acknowledged = indexOf(({ outcome }) => outcome === 'acknowledged');
const stepped = indexOf(({ changes, outcome }) => outcome === 'intent' && changes.status?.[0] === 'new');
const otherHash = `sha256:${'0'.repeat(64)}`;

const faults: Readonly<Record<string, () => LedgerLine[]>> = {
  'a changed letter': () => edited(middle, (text) => text.replace('"ada"', '"eve"')),
  'a space more': () => edited(middle, (text) => text.replace(':', ': ')),
  'a line that is no JSON': () => edited(middle, (text) => text.slice(1)),
  'a line that is no object': () => edited(middle, () => '[]'),
  'a dimension less': () => edited(middle, (text) => text.replace(/"ethics":"[^"]*",/, '')),
  'no actor': () => edited(middle, (text) => text.replace(/"actor":"[^"]*",/, '')),
  'a record hashed anew': () => {
    const { seq, prev } = records[middle]!;
    const eve = sealRecord({ seq: seq - 1, hash: prev }, { ...records[middle]!, actor: 'eve' }, means.sha256);
    return edited(middle, () => recordLine(eve));
  },
  'a line less': () => lines.toSpliced(middle, 1),
  'a line twice': () => lines.toSpliced(middle, 0, lines[middle]!),
  'two lines exchanged': () => lines.with(middle, lines[middle + 1]!).with(middle + 1, lines[middle]!),
  'a tail that was cut': () => lines.slice(0, middle),
  'an outcome without intent': () => forged(acknowledged, () => ({ op_id: 'unheard' })),
  'a status that jumped': () =>
    forged(stepped, ({ changes }) => ({ changes: { ...changes, status: ['new', 'completed'] } })),
  'another hash before': () => forged(seen, () => ({ before_hash: otherHash })),
  'another hash after': () => forged(created, () => ({ after_hash: otherHash })),
  'another value before': () => forged(created, ({ changes }) => ({ changes: { ...changes, labels: ['eve', ['b']] } })),
};

function byFile(ledger: readonly LedgerLine[]): ReadonlyMap<string, LedgerLine[]> {
  const files = new Set(ledger.map(({ file }) => file));
  return new Map([...files].map((file) => [file, ledger.filter((line) => line.file === file)]));
}

describe('an independent verifier, written from docs/evidence.md alone', () => {
  const folder = useTemporaryFolder('ledger');

  before(function () {
    if (spawnSync('python3', ['--version']).status === 0) return;
    console.log('      skipped: there is no python3 here');
    this.skip();
  });

  /** What the script says: `ok SEQ HASH`, or `LAW FILE LINE`. */
  async function run(ledger: readonly LedgerLine[], anchors = [records[middle + 200]!]): Promise<string> {
    const path = join(folder(), 'evidence');
    await mkdir(path);
    for (const [file, own] of byFile(ledger))
      await writeFile(join(path, file), own.map(({ text }) => `${text}\n`).join(''));
    const seen = anchors.map(({ seq, hash }) => `${seq}=${hash}`);
    const { status, stdout, stderr } = spawnSync('python3', [script, path, ...seen]);
    const said = String(status === 0 ? stdout : stderr).trim();
    return said.split('\n').at(-1) ?? '';
  }

  /** What ours says, in the same words. */
  function ours(ledger: readonly LedgerLine[]): string {
    const numbered = [...byFile(ledger).values()].flatMap((own) => {
      return own.map((line, index) => ({ ...line, number: index + 1 }));
    });
    const { fault, head } = verifyLedger(numbered, { sha256: means.sha256, anchors: [records[middle + 200]!] });
    return fault ? `${fault.law} ${fault.file} ${fault.line}` : `ok ${head.seq} ${head.hash}`;
  }

  it('agrees that 1,000 records are in order', async () => {
    assert.equal(records.length, 1_000);
    const said = await run(lines);
    assert.equal(said, `ok 1000 ${records.at(-1)!.hash}`);
    assert.equal(said, ours(lines));
  });

  it('agrees that entities may be hashed by other rules from some record on', async () => {
    const ethics = (record: EvidenceRecord) => record.cof.ethics.replace(/rules: .*/, 'rules: 0123456789ab');
    const later = indexOf(({ seq, before_hash: before }) => seq > middle && before !== null);
    const ledger = resealed((record) => {
      if (record.seq <= later) return {};
      const cof = { ...record.cof, ethics: ethics(record) };
      return record.seq === later + 1 ? { cof, before_hash: otherHash, after_hash: otherHash, changes: {} } : { cof };
    });
    const [said, report] = [await run(ledger, []), verifyLedger(ledger, { sha256: means.sha256 })];
    const next = records.findIndex(({ id, seq }) => id === records[later]!.id && seq > later + 1);
    assert.deepEqual([report.fault?.law, report.fault?.seq], ['integrity', next + 1]);
    assert.equal(said, `integrity ${report.fault?.file} ${report.fault?.line}`);
  });

  for (const [name, plant] of Object.entries(faults)) {
    it(`finds ${name}, and says the same as ours`, async () => {
      const ledger = plant();
      const said = await run(ledger);
      assert.match(said, /^(verifiability|precedence|provenance|reproducibility|integrity) \d{4}-\d\d\.jsonl \d+$/);
      assert.equal(said, ours(ledger));
    });
  }
});
