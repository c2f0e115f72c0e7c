import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Entity } from '../../../src/core/entity.ts';
import { updateOperation } from '../../../src/core/expand.ts';
import type { Operation } from '../../../src/core/operation.ts';
import { rebaseEntity } from '../../../src/core/rebase.ts';
import type { JournalRecord } from '../../../src/workspace/journalRecord.ts';
import { decodeRecord, encodeRecord } from '../../../src/workspace/journalRecord.ts';
import { LocalBackend } from '../../../src/workspace/localBackend.ts';
import { TrackerState } from '../../../src/workspace/trackerState.ts';
import { author, projectOperation, taskOperation } from '../../support/trackerBench.ts';

const wireless = (record: JournalRecord): JournalRecord =>
  decodeRecord(encodeRecord(record).slice(0, -1)) as JournalRecord;

/** A history as processes would write it: operations, and the answers of a back end that follow most of them. */
async function history(steps: readonly number[]): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  const state = new TrackerState();
  const backend = new LocalBackend(() => state);
  const put = (record: JournalRecord): void => {
    records.push(record);
    state.fold(record);
  };
  const play = async (operation: Operation, answered: boolean): Promise<void> => {
    put({ type: 'operation', lamport: state.nextLamport(), operation });
    const [result] = answered ? await backend.push([operation]) : [];
    if (result?.outcome !== 'applied') return;
    const change = { entity: operation.entity, id: operation.id, version: result.version, data: result.entity };
    put({ type: 'acknowledged', opId: operation.opId, change: { ...change, opId: operation.opId } });
  };
  const project = projectOperation();
  await play(project, true);
  for (const step of steps) {
    const tasks = [...state.visible.all('task')];
    const current = step % 3 === 0 ? undefined : tasks[step % Math.max(1, tasks.length)];
    const title = { title: `t${step}` };
    await play(
      current ? updateOperation(author, 'task', current, title) : taskOperation(project.id, title.title),
      step % 4 !== 0,
    );
  }
  return records;
}

const snapshotOf = (state: TrackerState) => ({
  visible: (['project', 'sprint', 'task'] as const).map((kind) =>
    [...state.visible.all(kind)].sort((a, b) => (a.id < b.id ? -1 : 1)),
  ),
  pending: state.pending.map((one) => one.operation.opId),
});

describe('tracker state', () => {
  it('comes out the same in whatever order the segments of several processes are read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(60), { minLength: 1, maxLength: 25 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async (steps, keys) => {
          const records = await history(steps);
          const inOrder = new TrackerState();
          for (const record of records) inOrder.fold(wireless(record));
          const shuffled = records
            .map((record) => ({ record, key: keys.next().value as number }))
            .sort((a, b) => a.key - b.key);
          const other = new TrackerState();
          for (const { record } of shuffled) other.fold(wireless(record));
          assert.deepEqual(snapshotOf(other), snapshotOf(inOrder));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('holds base + pending = visible after every record', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(60), { minLength: 1, maxLength: 20 }), async (steps) => {
        const state = new TrackerState();
        for (const record of await history(steps)) {
          state.fold(record);
          const touched = new Set([
            ...state.pending.map((one) => one.operation.id),
            ...[...state.baseEntities()].map((one) => one.id),
          ]);
          for (const id of touched) {
            const pending = state.pending.filter((one) => one.operation.id === id).map((one) => one.operation);
            const expected = rebaseEntity(state.base(id), pending).entity;
            const seen = state.visible.get('task', id) ?? state.visible.get('project', id) ?? null;
            assert.deepEqual(seen, expected);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('does not bring a deleted entity back when an older line is read late', () => {
    const state = new TrackerState();
    const create = taskOperation('P-1');
    if (create.kind !== 'create') throw new Error('unreachable');
    const change = (version: number, data: Entity | null) => ({
      entity: 'task' as const,
      id: create.id,
      version,
      data,
      opId: null,
    });
    state.fold({ type: 'remote', cursor: '2', changes: [change(2, null)] });
    state.fold({ type: 'remote', cursor: '2', changes: [change(1, create.data)] });
    assert.equal(state.visible.get('task', create.id), undefined);
    state.fold({ type: 'remote', cursor: '3', changes: [change(3, { ...create.data, version: 3 })] });
    assert.equal(state.visible.get('task', create.id)?.version, 3);
  });

  it('keeps what stands aside although it was read before the operation, from the segment of another process', () => {
    const operation = taskOperation('P-1');
    const { opId } = operation;
    const parked = { type: 'parked', opId, parking: { state: 'conflict', fields: ['title'] } } as const;
    const late = new TrackerState();
    late.fold(parked);
    late.fold({ type: 'operation', lamport: 1, operation });
    assert.deepEqual(late.counts(), { pending: 0, conflicts: 1, rejected: 0 });
    assert.deepEqual(
      late.queue().map((one) => [one.operation.opId, one.state]),
      [[opId, 'conflict']],
    );
    assert.deepEqual(late.pushable(), []);

    const given = new TrackerState();
    given.fold(parked);
    given.fold({ type: 'dropped', opIds: [opId] });
    given.fold({ type: 'operation', lamport: 1, operation });
    assert.deepEqual(given.queue(), [], 'what was given up stays so');
  });

  it('holds back what depends on a parked operation, and nothing else', () => {
    const state = new TrackerState();
    const project = projectOperation();
    const child = taskOperation(project.id);
    const other = projectOperation('other');
    [project, child, other].forEach(
      (operation, index) => void state.fold({ type: 'operation', lamport: index + 1, operation }),
    );
    state.fold({
      type: 'parked',
      opId: project.opId,
      parking: { state: 'rejected', problem: { code: 'forbidden', message: 'no' } },
    });
    assert.deepEqual(
      state.pushable().map((one) => one.opId),
      [other.opId],
    );
    assert.deepEqual(state.counts(), { pending: 2, conflicts: 0, rejected: 1 });
    assert.equal(
      state.visible.get('project', project.id),
      undefined,
      'a rejected operation leaves what the person sees',
    );
    assert.deepEqual(
      state.withDependents([project.opId]).map((one) => one.opId),
      [project.opId, child.opId],
    );
  });

  it('refuses a journal line of which a single byte was changed', () => {
    const line = encodeRecord({ type: 'operation', lamport: 1, operation: taskOperation('P-1', 'Title') }).slice(0, -1);
    fc.assert(
      fc.property(fc.nat(line.length - 1), (at) => {
        const changed = `${line.slice(0, at)}${line[at] === 'x' ? 'y' : 'x'}${line.slice(at + 1)}`;
        assert.equal(decodeRecord(changed), undefined);
      }),
    );
  });
});
