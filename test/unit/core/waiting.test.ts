import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Entity } from '../../../src/core/entity.ts';
import { createOperation, updateOperation } from '../../../src/core/expand.ts';
import { waitingChanges } from '../../../src/core/waiting.ts';
import { editArbitrary } from '../../support/replicas.ts';
import { Client, SharedData } from '../../support/stoppedBench.ts';

async function pair(): Promise<{ ana: Client; ben: Client }> {
  const data = new SharedData();
  const [ana, ben] = [new Client(data, 'ana'), new Client(data, 'ben')];
  // What the tasks belong to: the local back end looks it up.
  data.state.load({ id: 'P-1', version: 1 } as Entity);
  ana.edit({ id: 'T-1', change: { title: 'seen' } });
  await ana.sync();
  await ben.sync();
  return { ana, ben };
}

const waiting = ({ state }: Client) => waitingChanges(state.queue(), state.stopped());

describe('what waits for the server', () => {
  it('is gathered by entity, in the order in which it was done', async () => {
    const { ben } = await pair();
    ben.edit({ id: 'T-2', change: { title: 'new' } });
    ben.edit({ id: 'T-1', change: { title: 'mine' } });
    ben.edit({ id: 'T-2', change: { title: 'newer' } });
    const found = waiting(ben).map(({ id, operations, behind }) => [id, operations.map(({ kind }) => kind), behind]);
    assert.deepEqual(found, [
      ['T-2', ['create', 'update'], undefined],
      ['T-1', ['update'], undefined],
    ]);
    await ben.sync();
    assert.deepEqual(waiting(ben), []);
  });

  it('names what has to be decided first, also over several steps', async () => {
    const { ana, ben } = await pair();
    ana.edit({ id: 'T-1', change: { title: 'hers' } });
    await ana.sync();
    ben.edit({ id: 'T-1', change: { title: 'his' } });
    await ben.sync();
    const seen = ben.see('T-1') as Entity;
    const { author } = ben;
    ben.commit([updateOperation(author, 'task', seen, { labels: ['later'] })]);
    ben.commit([createOperation(author, 'task', 'T-3', { projectId: 'P-1', title: 'part', parentId: 'T-1' })]);
    ben.commit([createOperation(author, 'task', 'T-4', { projectId: 'P-1', title: 'part', parentId: 'T-3' })]);
    ben.commit([createOperation(author, 'task', 'T-5', { projectId: 'P-1', title: 'free' })]);
    const found = waiting(ben).map(({ id, behind }) => [id, behind?.id]);
    assert.deepEqual(found, [
      ['T-1', 'T-1'],
      ['T-3', 'T-1'],
      ['T-4', 'T-1'],
      ['T-5', undefined],
    ]);
  });

  it('is behind something exactly if it cannot be pushed, whatever two people did', async () => {
    const edits = fc.array(editArbitrary, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(edits, edits, edits, async (hers, his, later) => {
        const { ana, ben } = await pair();
        for (const edit of hers) ana.edit(edit);
        await ana.sync();
        for (const edit of his) ben.edit(edit);
        await ben.sync();
        for (const edit of later) ben.edit(edit);
        const pushable = new Set(ben.state.pushable());
        const decided = ben.state
          .stopped()
          .flatMap((one) => [one, ...one.companions].flatMap((part) => part.operations));
        const all = waiting(ben).flatMap(({ operations }) => operations);
        assert.deepEqual(new Set([...all, ...decided]), new Set(ben.state.queue().map(({ operation }) => operation)));
        for (const { operations, behind } of waiting(ben)) {
          assert.equal(
            behind === undefined,
            operations.every((operation) => pushable.has(operation)),
          );
        }
      }),
    );
  });
});
