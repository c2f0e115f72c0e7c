import assert from 'node:assert/strict';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteOperations, statusOperations, updateOperation } from '../../../../src/core/expand.ts';
import { type Operation, surfaces } from '../../../../src/core/operation.ts';
import { ledgerEnd, ledgerFolder } from '../../../../src/workspace/evidence/ledgerLines.ts';
import type { Tracker } from '../../../../src/workspace/tracker.ts';
import { checkLedger, soundLedger, stories } from '../../../support/ledgerCheck.ts';
import { useTemporaryFolder } from '../../../support/temporary.ts';
import { author, openTracker, projectOperation, systemClock, taskOperation } from '../../../support/trackerBench.ts';

describe('the evidence ledger of a tracker', () => {
  const root = useTemporaryFolder('ledger');
  const open: Tracker[] = [];
  const opened = async (...args: Parameters<typeof openTracker>): Promise<Tracker> => {
    const tracker = await openTracker(...args);
    open.push(tracker);
    return tracker;
  };
  afterEach(async () => {
    for (const tracker of open.splice(0)) await tracker.close();
  });
  const folder = () => ledgerFolder(join(root(), 'state'));

  const done = async (tracker: Tracker, operations: readonly Operation[]): Promise<void> => {
    await tracker.commit(operations);
    const opIds = operations.map(({ opId }) => opId);
    await tracker.settle(opIds, 5_000);
  };

  /** A command of its own: opens, does, closes. */
  const command = async (make: (tracker: Tracker) => readonly Operation[]): Promise<void> => {
    const tracker = await openTracker(root());
    try {
      await done(tracker, make(tracker));
    } finally {
      await tracker.close();
    }
  };
  const task = (tracker: Tracker) => {
    const [found] = tracker.visible.all('task');
    if (!found) throw new Error('there is no task');
    return found;
  };

  const firstTask = async (title = 'Task'): Promise<void> => {
    const project = projectOperation();
    await command(() => [project, taskOperation(project.id, title)]);
  };

  it('tells what each command did and what became of it, process after process', async () => {
    await firstTask();
    await command((tracker) => [updateOperation(author, 'task', task(tracker), { title: 'Renamed' })]);
    await command((tracker) => statusOperations(author, 'task', task(tracker), 'done'));
    await command((tracker) => deleteOperations(author, 'task', task(tracker), { sprints: [], tasks: [] }, false));
    const records = await soundLedger(root());
    assert.deepEqual(stories(records), [
      'create project: intent, acknowledged',
      'create task: intent, acknowledged',
      'update task: intent, acknowledged',
      'update task: intent, acknowledged',
      'update task: intent, acknowledged',
      'update task: intent, acknowledged',
      'delete task: intent, acknowledged',
    ]);
    assert.deepEqual(
      records.filter(({ action }) => action === 'remote'),
      [],
    );
    assert.deepEqual(records[4]?.changes, { title: ['Task', 'Renamed'] });
    assert.equal(records[4]?.actor, 'ana');
  });

  for (const surface of surfaces) {
    it(`says that a change came from ${surface}`, async () => {
      const project = { ...projectOperation(), surface };
      await command(() => [project]);
      const records = await soundLedger(root());
      assert.deepEqual(
        records.map((record) => [record.surface, record.outcome]),
        [
          [surface, 'intent'],
          [surface, 'acknowledged'],
        ],
      );
    });
  }

  it('is written by the holder for every process, also while a second one appends', async () => {
    const holder = await opened(root(), { resident: true });
    await holder.start();
    const other = await opened(root());
    const project = projectOperation();
    await done(holder, [project]);
    for (let count = 0; count < 20; count++) {
      const writer = count % 2 === 0 ? holder : other;
      await done(writer, [taskOperation(project.id, `T${count}`)]);
    }
    await other.close();
    await holder.close();
    const told = stories(await soundLedger(root()));
    assert.equal(told.length, 21);
    assert.deepEqual(new Set(told.slice(1)), new Set(['create task: intent, acknowledged']));
  });

  it('tells what a holder that died did not, from the journal', async () => {
    await firstTask();
    const dying = await opened(root());
    const killed = { ...taskOperation(task(dying).projectId, 'before the end') };
    await done(dying, [killed]);
    // Its ledger was not written yet; the next process takes a dead owner's lease, here the one that was given back.
    const before = await ledgerEnd(folder());
    await dying.close();
    const file = join(folder(), before?.file ?? '');
    const text = await readFile(file, 'utf8');
    const whole = await soundLedger(root());
    // As if it had been killed before it wrote: lines gone, and the mark of before.
    await rm(join(folder(), 'ledger.json'));
    await writeFile(file, text.split('\n').slice(0, 4).join('\n').concat('\n'));
    await command((tracker) => [taskOperation(task(tracker).projectId, 'afterwards')]);
    const records = await soundLedger(root());
    assert.deepEqual(stories(records).length, stories(whole).length + 1);
    assert.deepEqual(new Set(stories(records).map((story) => story.split(': ')[1])), new Set(['intent, acknowledged']));
  });

  it('does not tell twice what was written before the mark could be', async () => {
    await firstTask();
    const mark = await readFile(join(folder(), 'ledger.json'), 'utf8');
    await command((tracker) => [taskOperation(task(tracker).projectId, 'second')]);
    await writeFile(join(folder(), 'ledger.json'), mark);
    await appendFile(join(folder(), (await ledgerEnd(folder()))?.file ?? ''), '{"action":"cre');
    await command((tracker) => [taskOperation(task(tracker).projectId, 'third')]);
    assert.equal(stories(await soundLedger(root())).length, 4);
  });

  it('is made again from the journal where it was deleted', async () => {
    await firstTask();
    await rm(folder(), { recursive: true });
    await command((tracker) => [taskOperation(task(tracker).projectId, 'second')]);
    assert.deepEqual(stories(await soundLedger(root())), [
      'create project: intent, acknowledged',
      'create task: intent, acknowledged',
      'create task: intent, acknowledged',
    ]);
  });

  it('goes on in a new chain where it is damaged, and says so', async () => {
    await firstTask();
    const file = join(folder(), (await ledgerEnd(folder()))?.file ?? '');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"actor":"ana"', '"actor":"eve"').concat(' \n'));
    const tracker = await opened(root());
    await done(tracker, [taskOperation(task(tracker).projectId, 'afterwards')]);
    assert.deepEqual(
      tracker.status.notices.map(({ code }) => code),
      ['evidence-damaged'],
    );
    await tracker.close();
    const { verification } = await checkLedger(join(root(), 'state'));
    assert.equal(verification.fault, undefined);
    assert.deepEqual(
      verification.remarks.map(({ kind }) => kind),
      ['chain-break'],
    );
    await command((again) => [taskOperation(task(again).projectId, 'and again')]);
    assert.equal((await checkLedger(join(root(), 'state'))).verification.ok, true);
  });

  it('notices a tail that was cut off', async () => {
    await firstTask();
    const file = join(folder(), (await ledgerEnd(folder()))?.file ?? '');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.split('\n').slice(0, 2).join('\n').concat('\n'));
    const tracker = await opened(root());
    await done(tracker, [taskOperation(task(tracker).projectId, 'afterwards')]);
    await tracker.close();
    assert.deepEqual(
      tracker.status.notices.map(({ code }) => code),
      ['evidence-damaged'],
    );
    assert.equal((await checkLedger(join(root(), 'state'))).verification.ok, true);
  });

  it('goes on in another file when the month changes, and in none before where the clock goes back', async () => {
    let now = '2026-11-30T23:59:00.000Z';
    const clock = { ...systemClock, now: () => now };
    const project = projectOperation();
    for (const moment of [now, '2026-12-01T00:00:01.000Z', '2026-11-30T23:00:00.000Z']) {
      now = moment;
      const tracker = await openTracker(root(), { clock });
      await done(tracker, [tracker.isKnown(project.id) ? taskOperation(project.id) : project]);
      await tracker.close();
    }
    await soundLedger(root());
    const lines = async (name: string) => (await readFile(join(folder(), name), 'utf8')).trim().split('\n').length;
    assert.deepEqual([await lines('2026-11.jsonl'), await lines('2026-12.jsonl')], [2, 4]);
  });

  it('goes on where it could not be written for a while, though an image was', async () => {
    await firstTask();
    const key = join(root(), 'evidence-key');
    const text = await readFile(key, 'utf8');
    await writeFile(key, 'damaged');
    const tracker = await opened(root());
    const { projectId, id } = task(tracker);
    const many = Array.from({ length: 210 }, (_, count) => taskOperation(projectId, `T${count}`));
    await done(tracker, many);
    await done(tracker, [updateOperation(author, 'task', task(tracker), { title: 'unseen' })]);
    assert.deepEqual(
      tracker.status.notices.map(({ code }) => code),
      ['evidence-not-written'],
    );
    await tracker.close();
    await writeFile(key, text);
    await command((again) => {
      const changed = again.visible.get('task', id);
      assert.ok(changed);
      return [updateOperation(author, 'task', changed, { title: 'seen' })];
    });
    const records = (await soundLedger(root())).filter((record) => record.id === id);
    assert.deepEqual(
      records.map(({ action, outcome }) => `${action} ${outcome}`),
      ['create intent', 'create acknowledged', 'remote recorded', 'update intent', 'update acknowledged'],
    );
    assert.deepEqual(records.at(-2)?.changes, { title: ['unseen', 'seen'] });
  });

  it('keeps secrets out', async () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    await firstTask(`use ${secret}`);
    const file = join(folder(), (await ledgerEnd(folder()))?.file ?? '');
    const text = await readFile(file, 'utf8');
    assert.ok(!text.includes(secret));
    assert.match(text, /"title":\[null,"hmac-sha256:[0-9a-f]{64}"\]/);
  });
});
