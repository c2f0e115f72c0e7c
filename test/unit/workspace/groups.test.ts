import assert from 'node:assert/strict';
import { deleteOperations, statusOperations, updateOperation } from '../../../src/core/expand.ts';
import type { Operation } from '../../../src/core/operation.ts';
import { commitRecords } from '../../../src/workspace/commitRecords.ts';
import type { JournalRecord } from '../../../src/workspace/journalRecord.ts';
import { decodeRecord, encodeRecord } from '../../../src/workspace/journalRecord.ts';
import { LocalBackend } from '../../../src/workspace/localBackend.ts';
import { TrackerState } from '../../../src/workspace/trackerState.ts';
import { author, projectOperation, taskOperation } from '../../support/trackerBench.ts';

/** Commits as a tracker does, and answers as the local back end does. */
async function stateWith(operations: readonly Operation[]): Promise<TrackerState> {
  const state = new TrackerState();
  for (const operation of operations) {
    state.fold({ type: 'operation', lamport: state.nextLamport(), operation });
    await answer(state, [operation]);
  }
  return state;
}

async function answer(state: TrackerState, operations: readonly Operation[]): Promise<string[]> {
  const results = await new LocalBackend(() => state).push(operations);
  results.forEach((result, index) => {
    const { opId, id, entity } = operations[index] as Operation;
    if (result.outcome === 'applied') {
      const change = { entity, id, version: result.version, data: result.entity, opId };
      state.fold({ type: 'acknowledged', opId, change });
    } else if (result.outcome === 'conflict') {
      state.fold({ type: 'parked', opId, parking: { state: 'conflict', fields: result.fields } });
    }
  });
  return results.map((result) => result.outcome);
}

const project = projectOperation();
const [first, second] = [taskOperation(project.id, 'first'), taskOperation(project.id, 'second')];

/** Completing a task that is new: three steps. */
function completion(): Operation[] {
  assert.ok(first.kind === 'create');
  return statusOperations(author, 'task', first.data, 'done');
}

/** The deletion of the project with both tasks, as a person saw them before the first one got another title. */
async function cascadeAgainstEdit(): Promise<{ state: TrackerState; cascade: Operation[] }> {
  const state = await stateWith([project, first, second]);
  const { visible } = state;
  const before = visible.get('project', project.id);
  const tasks = [...visible.tasksOf(project.id)];
  assert.ok(before && tasks[0]);
  const cascade = deleteOperations(author, 'project', before, { sprints: [], tasks }, true);
  const edit = updateOperation(author, 'task', tasks[0], { title: 'changed meanwhile' });
  state.fold({ type: 'operation', lamport: state.nextLamport(), operation: edit });
  assert.deepEqual(await answer(state, [edit]), ['applied']);
  return { state, cascade };
}

describe('groups', () => {
  it('are one line of the journal, so that they are read whole or not at all', () => {
    const group = completion();
    const records = commitRecords([project, ...group, second], 7);
    assert.deepEqual(
      records.map((record) => [record.type, (record as { lamport: number }).lamport]),
      [
        ['operation', 7],
        ['group', 8],
        ['operation', 9],
      ],
    );
    const lines = encodeRecord(records[1] as JournalRecord).split('\n');
    assert.equal(lines.length, 2);
    assert.deepEqual(decodeRecord(lines[0] ?? ''), records[1]);
  });

  it('stay in one piece, whatever another process commits at the same time', () => {
    const group = completion();
    const other = projectOperation('by another process');
    const state = new TrackerState();
    for (const record of commitRecords(group, 5)) state.fold(record);
    for (const record of commitRecords([other], 5)) state.fold(record);
    for (const record of commitRecords([projectOperation('the next one')], 6)) state.fold(record);
    const order = state.pending.map((one) => one.operation.opId);
    const at = order.indexOf(group[0]?.opId ?? '');
    assert.deepEqual(
      order.slice(at, at + group.length),
      group.map((one) => one.opId),
    );
  });

  it('are not cut in two where only the first operations are asked for', () => {
    const group = completion();
    const operations = [project, ...group, second];
    const state = new TrackerState();
    for (const record of commitRecords(operations, 1)) state.fold(record);
    const pushableIds = (most?: number) => state.pushable(most).map(({ opId }) => opId);
    const ids = operations.map(({ opId }) => opId);
    assert.deepEqual(
      [1, 2, 1 + group.length, 100, undefined].map((most) => pushableIds(most).length),
      [1, 1 + group.length, 1 + group.length, ids.length, ids.length],
    );
    assert.deepEqual(pushableIds(2), ids.slice(0, -1));
  });

  it('are applied by the local back end as a whole or not at all', async () => {
    const { state, cascade } = await cascadeAgainstEdit();
    for (const record of commitRecords(cascade, state.nextLamport())) state.fold(record);
    assert.deepEqual((await answer(state, cascade)).sort(), ['conflict', 'skipped', 'skipped']);
    assert.ok(state.base(second.id) && state.base(project.id));
  });

  it('wait as a whole while one of them stands aside, and fall with it', async () => {
    const { state, cascade } = await cascadeAgainstEdit();
    for (const record of commitRecords(cascade, state.nextLamport())) state.fold(record);
    await answer(state, cascade);
    assert.deepEqual(state.pushable(), []);
    const parked = [...state.parked].map((one) => one.operation.opId);
    const falling = state.withDependents(parked).map((one) => one.opId);
    assert.deepEqual(falling.sort(), cascade.map((one) => one.opId).sort());
  });
});
