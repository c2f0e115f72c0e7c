import assert from 'node:assert/strict';
import { newEntity } from '../../../src/core/draft.ts';
import { parseCursor } from '../../../src/server/feed/cursor.ts';
import { readFeed } from '../../../src/server/feed/readFeed.ts';
import { prune } from '../../../src/server/maintenance.ts';
import { openSqliteStore } from '../../../src/server/store/sqliteStore.ts';
import type { Store } from '../../../src/server/store/store.ts';
import { applyTogether } from '../../../src/server/write/applyBatch.ts';
import { rejectsWith } from '../../support/rejects.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';

const day = 24 * 60 * 60 * 1_000;
const begin = Date.parse('2026-01-01T00:00:00.000Z');
const at = (days: number) => new Date(begin + days * day).toISOString();
const opIds = Array.from({ length: 10 }, (_, index) => `01ARZ3NDEKTSV4RRFFQ69G5F${index}V`);

describe('the SQLite store', () => {
  const folder = useTemporaryFolder('store');
  let store: Store;

  beforeEach(async () => {
    store = await openSqliteStore(folder());
  });
  afterEach(() => store.close());

  function header(index: number, id: string, now: string) {
    const opId = opIds[index] ?? '';
    return { opId, entity: 'project', id, at: now, account: 'ada', surface: 'cli' } as const;
  }
  const create = (index: number, id: string, now: string) => ({
    ...header(index, id, now),
    kind: 'create' as const,
    data: newEntity('project', id, { name: id }, now, 'ada'),
  });
  const rename = (index: number, id: string, from: string, to: string, now: string) => ({
    ...header(index, id, now),
    kind: 'update' as const,
    set: { name: { from, to } },
    sets: {},
  });
  const apply = (operation: Parameters<typeof applyTogether>[1][number], now: string) =>
    applyTogether(store, [operation], { actor: 'ada', now });

  it('refuses a second process on the folder, and is free again after closing', async () => {
    const error = await rejectsWith(openSqliteStore(folder()), 'unavailable');
    assert.match(error.message, /another DTM server is running/);
    await store.close();
    store = await openSqliteStore(folder());
    assert.equal(await store.check(), 'healthy');
  });

  it('rolls back everything when a transaction fails', async () => {
    await assert.rejects(
      store.write(async (tx) => {
        await tx.operations.add({ ...header(0, 'P-1', at(0)), kind: 'create', version: 1, by: 'ada' });
        throw new Error('on purpose');
      }),
      /on purpose/,
    );
    assert.equal(await store.read((tx) => tx.operations.find(opIds[0] ?? '')), null);
  });

  it('cannot write through a reader', async () => {
    await rejectsWith(
      store.read((tx) => tx.entities.remove('task', 'T-1')),
      'unavailable',
    );
  });

  it('shows a reader only what was committed, while a writer is at work', async () => {
    const counted = await store.write(async (tx) => {
      await tx.operations.add({ ...header(0, 'P-1', at(0)), kind: 'create', version: 1, by: 'ada' });
      return store.read((other) => other.operations.find(opIds[0] ?? ''));
    });
    assert.equal(counted, null);
    assert.notEqual(await store.read((tx) => tx.operations.find(opIds[0] ?? '')), null);
  });

  it('does not turn updated_at back when the clock of the server was set back', async () => {
    await apply(create(0, 'P-1', at(10)), at(10));
    const [outcome] = await apply(rename(1, 'P-1', 'P-1', 'Renamed', at(5)), at(5));
    assert.equal(outcome?.outcome, 'applied');
    const project = await store.read((tx) => tx.entities.find('project', 'P-1'));
    assert.equal(project?.updatedAt, at(10));
    assert.equal(project?.version, 2);
  });

  it('forgets old changes, tombstones and operation ids, each after its time', async () => {
    await apply(create(0, 'P-1', at(0)), at(0));
    await apply(create(1, 'P-2', at(0)), at(0));
    const before = await store.read((tx) => tx.entities.find('project', 'P-2'));
    if (!before) throw new Error('P-2 is missing');
    await apply({ ...header(2, 'P-2', at(0)), kind: 'delete', before }, at(0));
    await apply(create(3, 'P-3', at(100)), at(100));
    await prune({ store, now: () => at(100) });
    const read = (since: string) => store.read((tx) => readFeed(tx, parseCursor(since), 100, null));
    await rejectsWith(read('1'), 'cursor-expired');
    const { changes, next } = await read('0');
    assert.deepEqual(
      changes.map((change) => [change.id, change.kind]),
      [
        ['P-1', 'create'],
        ['P-3', 'create'],
      ],
    );
    assert.equal((await read(next)).changes.length, 0);
    assert.notEqual(await store.read((tx) => tx.operations.find(opIds[0] ?? '')), null);
    await prune({ store, now: () => at(181) });
    assert.equal(await store.read((tx) => tx.operations.find(opIds[0] ?? '')), null);
  });

  it('keeps the newest change whatever its age, so that numbers go on', async () => {
    await apply(create(0, 'P-1', at(0)), at(0));
    await prune({ store, now: () => at(1_000) });
    assert.equal(await store.read((tx) => tx.feed.head()), 1);
    await apply(create(1, 'P-2', at(1_000)), at(1_000));
    assert.equal(await store.read((tx) => tx.feed.head()), 2);
  });
});
