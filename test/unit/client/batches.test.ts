import assert from 'node:assert/strict';
import { ulid } from 'ulid';
import { batchesOf } from '../../../src/client/batches.ts';
import { type Author, createOperation } from '../../../src/core/expand.ts';
import type { Operation } from '../../../src/core/operation.ts';

const author: Author = { account: 'ada', surface: 'cli', now: () => '2026-03-01T12:00:00.000Z', newId: () => ulid() };

function task(number: number, groupId?: string, description = ''): Operation {
  const operation = createOperation(author, 'task', `T-${number}`, { projectId: 'P-1', title: 'x', description });
  return groupId === undefined ? operation : { ...operation, groupId };
}

const tasks = (count: number, groupId?: string) => Array.from({ length: count }, (_, i) => task(i, groupId));
const sizes = (operations: readonly Operation[]) => batchesOf(operations).batches.map((b) => b.operations.length);

describe('batchesOf', () => {
  it('makes nothing of nothing', () => {
    assert.deepEqual(batchesOf([]), { batches: [], tooLarge: [] });
  });

  it('puts at most a thousand operations into a request, in order', () => {
    const operations = tasks(2_500);
    const { batches } = batchesOf(operations);
    assert.deepEqual(sizes(operations), [1_000, 1_000, 500]);
    assert.deepEqual(
      batches.flatMap((batch) => batch.operations),
      operations,
    );
    assert.equal(JSON.parse(batches[2]!.body).operations.length, 500);
  });

  it('keeps a group whole', () => {
    assert.deepEqual(sizes([...tasks(900), ...tasks(200, ulid())]), [900, 200]);
  });

  it('brings a group together that another process wrote into', () => {
    const group = ulid();
    const [a, x, b] = [task(1, group), task(2), task(3, group)];
    assert.deepEqual(batchesOf([a, x, b]).batches[0]?.operations, [a, b, x]);
  });

  it('starts a new request at about four mebibytes of UTF-8', () => {
    const large = '漢'.repeat(100_000);
    const operations = Array.from({ length: 30 }, (_, i) => task(i, undefined, large));
    const { batches } = batchesOf(operations);
    assert.ok(batches.length >= 3);
    for (const batch of batches) assert.ok(Buffer.byteLength(batch.body) <= 4.1 * 1024 * 1024);
  });

  it('sets a group aside that no request can hold, and sends the rest', () => {
    const group = tasks(1_001, ulid());
    const other = task(1);
    const { batches, tooLarge } = batchesOf([...group, other]);
    assert.deepEqual(tooLarge, group);
    assert.deepEqual(
      batches.map((batch) => batch.operations),
      [[other]],
    );
  });
});
