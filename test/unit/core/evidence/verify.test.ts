import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newEntity } from '../../../../src/core/draft.ts';
import { kindOf } from '../../../../src/core/entity.ts';
import { chainBreakFacts } from '../../../../src/core/evidence/chainBreak.ts';
import { draftRecord } from '../../../../src/core/evidence/draftRecord.ts';
import { entityForm } from '../../../../src/core/evidence/entityForm.ts';
import type { EvidenceEvent } from '../../../../src/core/evidence/event.ts';
import { ledgerFilePattern } from '../../../../src/core/evidence/ledgerFile.ts';
import {
  type ChainHead,
  type EvidenceRecord,
  genesis,
  headOf,
  outcomes,
  recordLine,
  sealRecord,
} from '../../../../src/core/evidence/record.ts';
import type { ChainBreak, Law, Verification } from '../../../../src/core/evidence/report.ts';
import {
  type CurrentForms,
  type LedgerLine,
  LedgerVerifier,
  type VerifyOptions,
  verifyLedger,
} from '../../../../src/core/evidence/verify.ts';
import type { Task } from '../../../../src/core/task.ts';
import { linesOf, means, meansWith, place, TestLedger } from '../../../support/evidence.ts';
import { history, longHistory, play } from '../../../support/honestHistory.ts';

const { sha256 } = means;

function verify(lines: Iterable<LedgerLine>, options: Partial<VerifyOptions> = {}): Verification {
  return verifyLedger(lines, { sha256, ...options });
}

/** The same records with some of them exchanged, hashed and linked anew: what somebody does who knows the format. */
function forged(records: readonly EvidenceRecord[], change: (record: EvidenceRecord) => EvidenceRecord) {
  let head = genesis;
  return records.map((record) => {
    const sealed = sealRecord(head, change(record), sha256);
    head = headOf(sealed);
    return sealed;
  });
}

function found({ fault }: Verification): readonly [Law, string, number] | undefined {
  return fault && [fault.law, fault.file, fault.line];
}

describe('verification of the evidence ledger', () => {
  it('finds nothing wrong with 10,000 honest histories', function () {
    this.timeout(120_000);
    let records = 0;
    const seen = new Set<string>();
    fc.assert(
      fc.property(history, (steps) => {
        const ledger = play(steps);
        const current = currentOf(ledger);
        const anchors = ledger.records.filter((_, index) => index % 3 !== 0);
        const report = verify(ledger.lines(), { workspace: place.workspace, anchors, current });
        assert.equal(report.fault, undefined, JSON.stringify(report.fault));
        assert.deepEqual(report.remarks, []);
        assert.equal(report.records, ledger.records.length);
        assert.deepEqual(report.head, ledger.head);
        records += report.records;
        for (const { outcome } of ledger.records) seen.add(outcome);
      }),
      { numRuns: 10_000 },
    );
    assert.ok(records > 15_000, `${records} records`);
    assert.deepEqual([...seen].sort(), [...outcomes].sort());
  });

  describe('tampering', () => {
    const ledger = longHistory(900, 11);
    const { records } = ledger;
    const lines = ledger.lines();
    const middle = Math.floor(lines.length / 2);
    const at = (index: number): readonly [string, number] => [lines[index]!.file, lines[index]!.number];
    const firstAfter = (index: number, test: (record: EvidenceRecord) => boolean) =>
      records.findIndex((record, place) => place >= index && test(record));

    it('has a ledger of several months to work on', () => {
      assert.ok(records.length > 300, `${records.length}`);
      assert.ok(new Set(lines.map(({ file }) => file)).size > 2);
      assert.deepEqual(verify(lines), { ok: true, remarks: [], records: records.length, head: ledger.head });
    });

    it('names the line in which anything was changed, wherever it stands', () => {
      const some = lines.slice(0, 100);
      const someLines = fc.nat({ max: some.length - 1 });
      fc.assert(
        fc.property(someLines, fc.nat(), fc.constantFrom('0', 'x', ' ', '"'), (index, where, letter) => {
          const { text } = some[index]!;
          const place = where % text.length;
          fc.pre(text[place] !== letter);
          const changed = `${text.slice(0, place)}${letter}${text.slice(place + 1)}`;
          const report = verify(some.with(index, { ...some[index]!, text: changed }));
          assert.deepEqual(found(report)?.slice(1), at(index));
          assert.equal(report.ok, false);
        }),
        { numRuns: 60 },
      );
    });

    it('finds a changed value by its hash (verifiability)', () => {
      const text = lines[middle]!.text.replace(/"actor":"[^"]*"/, '"actor":"eve"');
      assert.deepEqual(found(verify(lines.with(middle, { ...lines[middle]!, text }))), [
        'verifiability',
        ...at(middle),
      ]);
    });

    it('finds a changed value though its own hash was computed anew (provenance)', () => {
      const { seq, prev } = records[middle]!;
      const eve = sealRecord({ seq: seq - 1, hash: prev }, { ...records[middle]!, actor: 'eve' }, sha256);
      const report = verify(lines.with(middle, { ...lines[middle]!, text: recordLine(eve) }));
      assert.deepEqual(found(report), ['provenance', ...at(middle + 1)]);
    });

    it('finds a key that stands there twice', () => {
      const text = lines[middle]!.text.replace('{', '{"actor":"eve",');
      assert.deepEqual(found(verify(lines.with(middle, { ...lines[middle]!, text }))), [
        'verifiability',
        ...at(middle),
      ]);
    });

    it('finds a deleted line', () => {
      assert.deepEqual(found(verify(lines.toSpliced(middle, 1))), ['provenance', ...at(middle + 1)]);
    });

    it('finds a deleted month', () => {
      const { file } = lines[middle]!;
      const next = lines.findIndex((line, index) => index > middle && line.file !== file);
      const report = verify(lines.filter((line) => line.file !== file));
      assert.deepEqual(found(report), ['provenance', ...at(next)]);
    });

    it('finds a deleted beginning', () => {
      assert.deepEqual(found(verify(lines.slice(1))), ['provenance', ...at(1)]);
    });

    it('finds an inserted line', () => {
      const before = records[middle - 1]!;
      const text = recordLine(sealRecord(headOf(before), { ...before, op_id: 'eve', outcome: 'recorded' }, sha256));
      const report = verify(lines.toSpliced(middle, 0, { ...lines[middle]!, text }));
      assert.equal(found(report)?.[0], 'provenance');
      assert.equal(report.fault?.seq, middle + 1);
    });

    it('finds a line that stands there twice', () => {
      assert.deepEqual(found(verify(lines.toSpliced(middle, 0, lines[middle]!))), ['provenance', ...at(middle)]);
    });

    it('finds numbers that were left out, though all is linked', () => {
      const [first, second, ...rest] = records.slice(0, 5);
      const skipping = [first!, sealRecord({ seq: 7, hash: first!.hash }, second!, sha256), ...rest];
      assert.deepEqual(found(verify(linesOf(skipping))), ['provenance', ...at(1)]);
    });

    it('finds exchanged lines', () => {
      const swapped = lines.with(middle, lines[middle + 1]!).with(middle + 1, lines[middle]!);
      assert.equal(found(verify(swapped))?.[0], 'provenance');
    });

    it('finds a cut tail by what was seen before', () => {
      const anchors = [ledger.head];
      assert.equal(verify(lines.slice(0, -3)).ok, true);
      const report = verify(lines.slice(0, -3), { anchors });
      const [file, line] = at(lines.length - 4);
      assert.deepEqual(found(report), ['provenance', file, line + 1]);
      assert.equal(verify([], { anchors }).ok, false);
    });

    it('finds a tail that was cut and written anew', () => {
      const other = forged(records, (record) => (record.seq > middle ? { ...record, actor: 'eve' } : record));
      assert.equal(verify(linesOf(other)).ok, true);
      const report = verify(linesOf(other), { anchors: [genesis, records[middle + 4]!, ledger.head, ledger.head] });
      assert.deepEqual(found(report), ['provenance', ...at(middle + 4)]);
    });

    it('finds a file that was replaced as a whole, with the ledger of another workspace', () => {
      const other = longHistoryElsewhere().lines();
      assert.equal(verify(other).ok, true);
      assert.equal(found(verify(other, { workspace: place.workspace }))?.[0], 'provenance');
      assert.equal(found(verify(other, { anchors: [records[20]!] }))?.[0], 'provenance');
    });

    it('finds a piece of the ledger of another workspace', () => {
      const other = longHistoryElsewhere().lines();
      const spliced = [...lines.slice(0, middle), ...other.slice(middle)];
      assert.equal(found(verify(spliced))?.[0], 'provenance');
    });

    it('finds a status that jumped, unless an override says why (precedence)', () => {
      const jump = jumpingLedger();
      assert.deepEqual(found(verify(jump.lines())), ['precedence', '2026-10.jsonl', 2]);
      const overridden = jumpingLedger('The task was done long ago.');
      assert.equal(verify(overridden.lines()).ok, true);
    });

    it('finds an outcome of what nobody intended (precedence)', () => {
      const index = firstAfter(0, ({ outcome }) => outcome === 'acknowledged');
      const lied = forged(records, (record) => (record.seq === index + 1 ? { ...record, op_id: 'unheard' } : record));
      assert.deepEqual(found(verify(linesOf(lied))), ['precedence', ...at(index)]);
    });

    it('finds an intent that stands there twice (precedence)', () => {
      const index = firstAfter(1, ({ outcome }) => outcome === 'intent');
      const first = firstAfter(0, ({ outcome }) => outcome === 'intent');
      assert.ok(first < index || first === index);
      const again = forged([...records, { ...records[index]!, before_hash: null }], (record) => record);
      assert.equal(found(verify(linesOf(again)))?.[0], 'precedence');
    });

    it('finds a hash that does not go on from the last one of the entity (integrity)', () => {
      const index = firstAfter(middle, ({ before_hash: hash }) => hash !== null);
      const other = `sha256:${sha256('another')}`;
      const lied = forged(records, (record) => (record.seq === index + 1 ? { ...record, before_hash: other } : record));
      assert.deepEqual(found(verify(linesOf(lied))), ['integrity', ...at(index)]);
    });

    it('finds a value that was not there before, and one that does not give the hash (reproducibility)', () => {
      const index = firstAfter(0, ({ action, outcome }) => action === 'create' && outcome === 'intent');
      const lied = forged(records, (record) => {
        if (record.seq !== index + 1) return record;
        return { ...record, changes: { ...record.changes, labels: [null, ['eve']] } };
      });
      assert.deepEqual(found(verify(linesOf(lied))), ['reproducibility', ...at(index)]);
      const update = firstAfter(0, ({ action, outcome, changes }) => {
        return action === 'update' && outcome === 'intent' && Object.keys(changes).length > 0;
      });
      const [field] = Object.keys(records[update]!.changes);
      const rewritten = forged(records, (record) => {
        if (record.seq !== update + 1) return record;
        return { ...record, changes: { ...record.changes, [field!]: ['never', record.changes[field!]![1]] } };
      });
      assert.deepEqual(found(verify(linesOf(rewritten))), ['reproducibility', ...at(update)]);
    });

    it('finds that the present is not what the records come to (reproducibility)', () => {
      const current = currentOf(ledger);
      const { rules } = current;
      const eve = (id: string) => {
        const form = current.form(id);
        return form ? { ...form, status: 'eve' } : null;
      };
      assert.equal(verify(lines, { current }).ok, true);
      const changed = verify(lines, { current: { rules, form: eve } });
      assert.equal(changed.fault?.law, 'reproducibility');
      assert.match(changed.fault?.message ?? '', /another status of/);
      assert.equal(verify(lines, { current: { rules, form: () => null } }).fault?.law, 'reproducibility');
      assert.equal(verify(lines, { current: { rules, form: () => undefined } }).ok, true);
      assert.equal(verify(lines, { current: { rules: 'others', form: eve } }).ok, true);
    });

    it('finds a field that changes without the hash, and a hash without a field, of what is not known whole', () => {
      const from = headOf(records[middle]!);
      const [task] = [...ledger.seen.values()];
      const event = {
        ...breakEvent(ledger),
        entity: 'task',
        id: task!.id,
        outcome: 'intent',
        action: 'update',
      } as const;
      const draft = draftRecord({ ...event, before: task!, after: task! }, place, means);
      const told = sealRecord(from, { ...draft, changes: { rank: [null, 'a'] } }, sha256);
      assert.equal(verify(linesOf([told]), { from }).fault?.law, 'reproducibility');
      const untold = sealRecord(from, { ...draft, after_hash: `sha256:${sha256('another')}` }, sha256);
      assert.equal(verify(linesOf([untold]), { from }).fault?.law, 'reproducibility');
      assert.equal(verify(linesOf([sealRecord(from, draft, sha256)]), { from }).ok, true);
    });

    it('notices that the clock was rolled back, which may be honest', () => {
      const rolled = forged(records, (record) => {
        return record.seq === middle + 1 ? { ...record, at: '2020-01-01T00:00:00.000Z' } : record;
      });
      const report = verify(linesOf(rolled));
      assert.ok(linesOf(rolled).every(({ file }) => ledgerFilePattern.test(file) && file >= lines[0]!.file));
      assert.equal(report.ok, true);
      assert.deepEqual(
        report.remarks.map(({ kind, seq }) => [kind, seq]),
        [['clock-back', middle + 1]],
      );
    });

    it('finds a record without one of its dimensions, its actor or its hash', () => {
      const without = (key: string, text: string) => text.replace(new RegExp(`"${key}":"[^"]*",?`), '');
      const laws = ['ethics', 'actor', 'prev', 'hash'].map((key) => {
        return verify(lines.with(3, { ...lines[3]!, text: without(key, lines[3]!.text) })).fault?.law;
      });
      assert.deepEqual(laws, ['verifiability', 'provenance', 'provenance', 'verifiability']);
    });
  });

  describe('a damaged ledger', () => {
    const damage: Omit<ChainBreak, 'lastGood'> = { file: '2026-10.jsonl', line: 3, law: 'verifiability' };

    it('goes on in a new chain that names the damage', () => {
      const report = verify(withNewChain((good) => ({ ...damage, lastGood: good })));
      assert.equal(report.fault, undefined);
      assert.deepEqual(
        report.remarks.map(({ kind, seq }) => [kind, seq]),
        [['chain-break', 6]],
      );
      assert.match(report.remarks[0]!.message, /2026-10\.jsonl, line 3, broke the law of verifiability/);
    });

    it('may have lost intents and changes: what follows is believed', () => {
      const lines = withNewChain((good) => ({ ...damage, lastGood: good }), true);
      assert.equal(verify(lines).fault, undefined);
      const whole = lines.filter(({ number, file }) => file !== damage.file || number !== damage.line);
      assert.equal(verify(whole).ok, false);
    });

    it('is not mended by a new chain that names something else', () => {
      const elsewhere = verify(withNewChain((good) => ({ ...damage, line: 4, lastGood: good })));
      assert.deepEqual(found(elsewhere), ['verifiability', '2026-10.jsonl', 3]);
      const from = verify(withNewChain(() => ({ ...damage, lastGood: genesis })));
      assert.deepEqual(found(from), ['verifiability', '2026-10.jsonl', 3]);
    });

    it('is not mended by a record that begins no new chain, or goes back in number', () => {
      const lines = withNewChain((good) => ({ ...damage, lastGood: good }));
      const at = lines.findIndex(({ text }) => text.includes('"action":"chain-break"'));
      const own = JSON.parse(lines[at]!.text) as EvidenceRecord;
      const instead = (seq: number, hash: string) => {
        return lines.with(at, { ...lines[at]!, text: recordLine(sealRecord({ seq, hash }, own, sha256)) });
      };
      assert.deepEqual(found(verify(instead(5, own.hash))), ['verifiability', '2026-10.jsonl', 3]);
      assert.deepEqual(found(verify(instead(1, genesis.hash))), ['verifiability', '2026-10.jsonl', 3]);
    });

    it('needs a reason: a new chain goes on from the last record, or from before it', () => {
      const chained = (lastGood: ChainHead, seq = 40) => {
        const ledger = longHistory(40, 5);
        ledger.breakAfter(seq);
        ledger.add({ ...breakEvent(ledger), facts: chainBreakFacts({ ...damage, law: 'provenance', lastGood }) });
        return found(verify(ledger.lines()))?.[0];
      };
      const { head } = longHistory(40, 5);
      assert.equal(chained(head), undefined);
      assert.equal(chained({ seq: head.seq - 1, hash: 'sha256:any' }), undefined);
      assert.equal(chained({ ...head, hash: 'sha256:other' }), 'provenance');
      assert.equal(chained(head, head.seq - 2), 'provenance');
    });

    it('says which records are lost that were seen before, and still checks the others', () => {
      const lines = withNewChain((good) => ({ ...damage, lastGood: good }));
      const lost = { seq: 4, hash: 'sha256:lost' };
      const report = verify(lines, { anchors: [lost] });
      assert.equal(report.ok, true);
      assert.deepEqual(
        report.remarks.map(({ kind }) => kind),
        ['chain-break', 'anchor-lost'],
      );
      assert.equal(verify(lines, { anchors: [{ seq: 7, hash: 'sha256:other' }] }).ok, false);
      assert.equal(verify(lines, { anchors: [{ seq: 99, hash: 'sha256:other' }] }).ok, false);
    });

    it('is one where a chain begins anew without a word', () => {
      const ledger = longHistory(40, 5);
      ledger.breakAfter(ledger.head.seq);
      ledger.add({ ...breakEvent(ledger), action: 'import', outcome: 'intent' });
      assert.equal(found(verify(ledger.lines()))?.[0], 'provenance');
    });

    it('does not count a line that is still being written', () => {
      const lines = longHistory(40, 5).lines();
      const last = { ...lines.at(-1)!, text: lines.at(-1)!.text.slice(0, 40), isUnfinished: true };
      const report = verify([...lines.slice(0, -1), last]);
      assert.equal(report.ok, true);
      assert.equal(report.remarks[0]?.kind, 'unfinished-line');
    });

    it('is none where another key, private field or version hashes entities in another way', () => {
      const ledger = longHistory(60, 5);
      const owned = [...ledger.seen.values()].find((entity) => entity.owner !== null)!;
      const event = { ...breakEvent(ledger), entity: kindOf(owned), id: owned.id, action: 'update' } as const;
      const secret = { ...owned, owner: `ghp_${'a1B2'.repeat(9)}` };
      ledger.add({ ...event, outcome: 'intent', opId: '1', before: owned, after: secret });
      ledger.means = meansWith('the key of a new keychain', 'title');
      ledger.add({ ...event, outcome: 'intent', opId: '2', before: secret, after: secret });
      const { fault, remarks } = verify(ledger.lines());
      assert.equal(fault, undefined);
      assert.deepEqual(
        remarks.map(({ kind, seq }) => [kind, seq]),
        [['rules-changed', ledger.head.seq]],
      );
      ledger.add({ ...event, outcome: 'intent', opId: '3', before: owned, after: secret });
      assert.equal(verify(ledger.lines()).fault?.law, 'integrity');
      assert.equal(new Set([means, meansWith('k'), meansWith('k', 'title')].map(({ rules }) => rules)).size, 3);
    });

    it('can be verified from a known head on, while it is read', () => {
      const ledger = longHistory(200, 5);
      const from = headOf(ledger.records[49]!);
      const verifier = new LedgerVerifier({ sha256, from });
      for (const line of ledger.lines().slice(50)) verifier.read(line);
      assert.deepEqual(verifier.finish().head, ledger.head);
      assert.equal(verify(ledger.lines().slice(51), { from }).ok, false);
    });
  });
});

/** What is there now, as the ledger has it. */
function currentOf(ledger: TestLedger): CurrentForms {
  const form = (id: string) => {
    const entity = ledger.seen.get(id);
    return entity ? entityForm(entity, means) : null;
  };
  return { rules: means.rules, form };
}

function longHistoryElsewhere(): TestLedger {
  const ledger = new TestLedger({ ...place, workspace: sha256('/home/ana/other') });
  for (let index = 0; index < 800; index++) {
    ledger.add({ ...breakEvent(ledger), action: 'sign-in', outcome: 'intent', opId: `sign-in ${index}` });
  }
  return ledger;
}

function breakEvent(ledger: TestLedger): EvidenceEvent {
  return {
    opId: `happening ${ledger.head.seq}`,
    correlationId: 'test',
    actor: 'ada',
    surface: 'cli',
    action: 'chain-break',
    entity: 'ledger',
    id: 'ledger',
    outcome: 'recorded',
    at: ledger.now(),
    durationMs: 0,
    before: null,
    after: null,
  };
}

/** Five records, the third of them damaged, and a new chain that says so. */
function withNewChain(named: (lastGood: EvidenceRecord) => ChainBreak, isEdited = false): LedgerLine[] {
  const ledger = longHistory(40, 5);
  const old = ledger.records.slice(0, 5);
  ledger.records.splice(5);
  ledger.breakAfter(5);
  ledger.add({ ...breakEvent(ledger), facts: chainBreakFacts(named(old[1]!)) });
  ledger.add({ ...breakEvent(ledger), action: 'sign-in', outcome: 'intent' });
  if (isEdited) {
    const entity = [...ledger.seen.values()].find(({ id }) => id === old[0]!.id)!;
    const edited = { ...entity, custom: { edited: true } };
    const event = { ...breakEvent(ledger), action: 'update', entity: old[0]!.entity, id: entity.id } as const;
    ledger.add({ ...event, outcome: 'acknowledged', before: edited, after: edited });
  }
  const lines = ledger.lines();
  return lines.with(2, { ...lines[2]!, text: lines[2]!.text.replace('"ada"', '"eve"') });
}

/** A task that is new and then done. */
function jumpingLedger(override?: string): TestLedger {
  const ledger = new TestLedger();
  const task: Task = newEntity('task', 'T-1', { projectId: 'P-1', title: 'Jump' }, ledger.now(), 'ada');
  const common = { ...breakEvent(ledger), entity: 'task' as const, id: task.id, outcome: 'intent' as const };
  ledger.add({ ...common, action: 'create', opId: 'one', after: task });
  const done: Task = { ...task, status: 'done' };
  const gates = [
    { gate: 'lifecycle', result: 'block', sentence: 'A task cannot go from new to done.', override },
  ] as const;
  ledger.add({ ...common, action: 'update', opId: 'two', before: task, after: done, gates });
  return ledger;
}
