import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Entity } from '../../../src/core/entity.ts';
import { fieldValue } from '../../../src/core/entity.ts';
import { createOperation, deleteOperations, updateOperation } from '../../../src/core/expand.ts';
import type { Resolution } from '../../../src/core/resolution.ts';
import {
  contradictionOf,
  type FieldChoice,
  fieldChoices,
  mySignature,
  theirSignature,
} from '../../../src/core/stoppedChange.ts';
import { readBase, writeBase } from '../../../src/workspace/baseImage.ts';
import { TrackerState } from '../../../src/workspace/trackerState.ts';
import { editArbitrary } from '../../support/replicas.ts';
import { baseOf, Client, SharedData } from '../../support/stoppedBench.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../support/temporary.ts';

const sides = fc.constantFrom('mine' as const, 'theirs' as const);
const resolutions: fc.Arbitrary<Resolution> = fc.record(
  {
    side: sides,
    fields: fc.record({ title: sides, status: sides, labels: sides, acceptanceCriteria: sides }, { requiredKeys: [] }),
    values: fc.constant({ title: 'of its own' }),
  },
  { requiredKeys: ['side'] },
) as fc.Arbitrary<Resolution>;

/** Two people who see the same task; both are about to go offline. */
async function pair(): Promise<{ ana: Client; ben: Client }> {
  const data = new SharedData();
  const [ana, ben] = [new Client(data, 'ana'), new Client(data, 'ben')];
  // What the tasks belong to: the local back end looks it up.
  data.state.load({ id: 'P-1', version: 1 } as Entity);
  ana.edit({ id: 'T-1', change: { title: 'seen', labels: ['a'] } });
  await ana.sync();
  await ben.sync();
  return { ana, ben };
}

/** The value that a field is to have, told in another way than the product does. */
function chosen(
  choices: readonly FieldChoice[],
  { field, contradicts, mine, theirs }: FieldChoice,
  decided: Resolution,
) {
  if (decided.values && field in decided.values) return decided.values[field];
  const isAsked = contradicts || choices.every((one) => !one.contradicts);
  const side = decided.fields?.[field] ?? (isAsked ? decided.side : 'mine');
  return side === 'mine' ? mine : theirs;
}

/** An operation says nothing of the order of a set. */
const asSet = (value: unknown): unknown => (Array.isArray(value) ? new Set(value) : value);

const task = (client: Client) => client.see('T-1') as Entity;
const onlyStopped = (client: Client) => {
  const stopped = client.state.stopped();
  assert.equal(stopped.length, 1);
  return stopped[0] as NonNullable<(typeof stopped)[0]>;
};

/** Ben changes a task that Ana has changed meanwhile. */
async function contradicted(mine: object, theirs: object): Promise<{ ana: Client; ben: Client }> {
  const { ana, ben } = await pair();
  ben.commit([updateOperation(ben.author, 'task', task(ben), { ...mine })]);
  ana.commit([updateOperation(ana.author, 'task', task(ana), { ...theirs })]);
  await ana.sync();
  await ben.sync();
  return { ana, ben };
}

describe('stopped changes', () => {
  it('end equal on both sides, whatever two people did at once and decided about it', async () => {
    const decided = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(editArbitrary, { maxLength: 6 }),
        fc.array(editArbitrary, { maxLength: 6 }),
        fc.infiniteStream(resolutions),
        async (hers, his, decisions) => {
          const { ana, ben } = await pair();
          for (const edit of hers) ana.edit(edit);
          for (const edit of his) ben.edit(edit);
          for (let round = 0; round < 12; round++) {
            for (const client of [ana, ben]) {
              await client.sync();
              for (let [change] = client.state.stopped(); change; [change] = client.state.stopped()) {
                const resolution = decisions.next().value as Resolution;
                const choices = fieldChoices(change);
                const wasFields = contradictionOf(change) === 'fields';
                const done = client.resolve(change, resolution);
                if (done) decided.add(`${contradictionOf(change)} ${resolution.side}`);
                // What is chosen is seen at once, before anybody else has heard of it.
                const after = client.see(change.id);
                for (const choice of done && wasFields && change.companions.length === 0 ? choices : []) {
                  const seen = after && fieldValue(after, choice.field);
                  assert.deepEqual(asSet(seen), asSet(chosen(choices, choice, resolution)), choice.field);
                }
              }
            }
          }
          assert.deepEqual([ana.state.stopped(), ben.state.stopped()], [[], []]);
          assert.deepEqual([ana.state.pending, ben.state.pending], [[], []]);
          assert.deepEqual(baseOf(ana.state), baseOf(ben.state));
          for (const { records, state } of [ana, ben]) {
            const read = new TrackerState();
            for (const record of [...records].reverse()) read.fold(record);
            assert.deepEqual([baseOf(read), read.queue()], [baseOf(state), []], 'read in another order');
          }
        },
      ),
      { numRuns: 300 },
    );
    for (const kind of ['fields', 'deleted-there', 'deleted-here']) {
      for (const side of ['mine', 'theirs']) assert.ok(decided.has(`${kind} ${side}`), `${kind} ${side} was tried`);
    }
  });

  it('say what was seen, what is wanted and what others made of it, and by whom', async () => {
    const { ben } = await contradicted({ title: 'his', priority: 'p0' }, { title: 'hers' });
    const change = onlyStopped(ben);
    assert.equal(contradictionOf(change), 'fields');
    assert.deepEqual(fieldChoices(change), [
      { field: 'title', base: 'seen', mine: 'his', theirs: 'hers', contradicts: true },
      { field: 'priority', base: 'p2', mine: 'p0', theirs: 'p2', contradicts: false },
    ]);
    assert.deepEqual([mySignature(change)?.by, theirSignature(change)?.by], ['ben', 'ana']);
  });

  it('take the later edits of the same field along, and leave others alone', async () => {
    const { ana, ben } = await pair();
    ben.commit([updateOperation(ben.author, 'task', task(ben), { title: 'first' })]);
    ben.commit([updateOperation(ben.author, 'task', task(ben), { title: 'second' })]);
    ben.commit([updateOperation(ben.author, 'task', task(ben), { owner: 'ben' })]);
    ana.commit([updateOperation(ana.author, 'task', task(ana), { title: 'hers' })]);
    await ana.sync();
    await ben.sync();
    const change = onlyStopped(ben);
    assert.deepEqual(
      fieldChoices(change).map(({ base, mine }) => [base, mine]),
      [['seen', 'second']],
    );
    ben.resolve(change, { side: 'theirs' });
    await ben.sync();
    const { title, owner } = task(ben) as { title: string; owner: string } & Entity;
    assert.deepEqual([title, owner, ben.state.queue()], ['hers', 'ben', []]);
  });

  it('keep what only one side changed, whichever side the rest goes to', async () => {
    const { ana, ben } = await contradicted({ title: 'his', priority: 'p0' }, { title: 'hers', owner: 'ana' });
    ben.resolve(onlyStopped(ben), { side: 'theirs' });
    await ben.sync();
    await ana.sync();
    const { title, priority, owner } = task(ana) as Entity & Record<string, unknown>;
    assert.deepEqual([title, priority, owner], ['hers', 'p0', 'ana']);
  });

  it('bring back what others deleted, with what was changed here', async () => {
    const { ana, ben } = await pair();
    ben.commit([updateOperation(ben.author, 'task', task(ben), { title: 'still wanted' })]);
    ben.commit([createOperation(ben.author, 'task', 'T-2', { projectId: 'P-1', parentId: 'T-1', title: 'part' })]);
    ana.edit({ id: 'T-1', change: 'delete' });
    await ana.sync();
    await ben.sync();
    const change = onlyStopped(ben);
    assert.equal(contradictionOf(change), 'deleted-there');
    assert.deepEqual(
      change.waiting.map(({ id }) => id),
      ['T-2'],
    );
    ben.resolve(change, { side: 'mine' });
    await ben.sync();
    await ana.sync();
    assert.deepEqual([ben.state.queue(), (task(ana) as Entity & { title: string }).title], [[], 'still wanted']);
    assert.ok(ana.see('T-2'), 'what waited went on');
  });

  it('are whole in an image of the tracker, what others deleted included', async () => {
    const { ana, ben } = await pair();
    ben.commit([updateOperation(ben.author, 'task', task(ben), { title: 'still wanted' })]);
    ana.edit({ id: 'T-1', change: 'delete' });
    await ana.sync();
    await ben.sync();
    const folder = await makeTemporaryFolder('image');
    try {
      await writeBase(folder, ben.state, { generation: 1, fence: 1 }, {}, async () => undefined);
      const read = await readBase(folder, 'base-1-1.jsonl');
      assert.deepEqual(read?.state.stopped(), ben.state.stopped());
      assert.equal(read?.state.stopped()[0]?.lastSeen?.id, 'T-1');
    } finally {
      await removeTemporaryFolder(folder);
    }
  });

  it('keep deleted what others edited only if that is decided, and else show their edit', async () => {
    for (const side of ['mine', 'theirs'] as const) {
      const { ana, ben } = await pair();
      ben.edit({ id: 'T-1', change: 'delete' });
      ana.edit({ id: 'T-1', change: { title: 'hers' } });
      await ana.sync();
      await ben.sync();
      const change = onlyStopped(ben);
      assert.equal(contradictionOf(change), 'deleted-here');
      assert.deepEqual(fieldChoices(change), [
        { field: 'title', base: 'seen', mine: undefined, theirs: 'hers', contradicts: true },
      ]);
      ben.resolve(change, { side });
      await ben.sync();
      await ana.sync();
      assert.equal(ana.see('T-1') === undefined, side === 'mine', side);
      assert.deepEqual(ben.state.queue(), []);
    }
  });

  it('settle a group as a whole: children before what they belong to', async () => {
    const { ana, ben } = await pair();
    ben.commit([createOperation(ben.author, 'task', 'T-2', { projectId: 'P-1', title: 'two' })]);
    await ben.sync();
    await ana.sync();
    const groupId = ben.author.newId();
    const group = ['T-1', 'T-2'].flatMap((id) =>
      deleteOperations(ben.author, 'task', ben.see(id) as Entity, { sprints: [], tasks: [] }, false),
    );
    ben.commit(group.map((operation) => ({ ...operation, groupId })));
    ana.edit({ id: 'T-2', change: { title: 'hers' } });
    await ana.sync();
    await ben.sync();
    const change = onlyStopped(ben);
    assert.deepEqual([change.id, change.companions.map(({ id }) => id)], ['T-2', ['T-1']]);
    ben.resolve(change, { side: 'mine' });
    await ben.sync();
    await ana.sync();
    assert.deepEqual([ana.see('T-1'), ana.see('T-2'), ben.state.queue()], [undefined, undefined, []]);
  });

  it('try a creation again with another value, and what waited for it after it', async () => {
    const { ana, ben } = await pair();
    ben.commit([createOperation(ben.author, 'task', 'T-3', { projectId: 'P-9', title: 'lost' })]);
    ben.commit([createOperation(ben.author, 'task', 'T-4', { projectId: 'P-1', parentId: 'T-3', title: 'part' })]);
    await ben.sync();
    const change = onlyStopped(ben);
    assert.deepEqual(
      [change.state, contradictionOf(change), change.problem?.code],
      ['rejected', 'create', 'validation'],
    );
    ben.resolve(change, { side: 'mine', values: { projectId: 'P-1' } });
    assert.deepEqual(
      ben.state.pending.map(({ operation }) => [operation.id, operation.replaces !== undefined]),
      [
        ['T-3', true],
        ['T-4', true],
      ],
    );
    await ben.sync();
    await ana.sync();
    assert.deepEqual([ben.state.queue(), ana.see('T-3') !== undefined, ana.see('T-4') !== undefined], [[], true, true]);
  });
});
