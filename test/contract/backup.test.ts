import assert from 'node:assert/strict';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { newEntity } from '../../src/core/draft.ts';
import { backUp } from '../../src/server/admin/backup.ts';
import { restoreBackup } from '../../src/server/admin/restore.ts';
import { withBackup } from '../../src/server/backup/readBackup.ts';
import { EntityTable } from '../../src/server/store/entityTable.ts';
import { connect, type DatabasePlace } from '../../src/server/store/existingDatabase.ts';
import { readIdentity } from '../../src/server/store/identity.ts';
import { migrate } from '../../src/server/store/migrate.ts';
import { migrations } from '../../src/server/store/migrations.ts';
import { nodeSqliteDialect, openWriter } from '../../src/server/store/nodeSqlite.ts';
import type { Database } from '../../src/server/store/schema.ts';
import { tablesOf } from '../../src/server/store/tables.ts';
import { type DtmServer, startDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { onlyOn } from '../support/onlyOn.ts';
import { mustCommand, serverCommand } from '../support/serverCommand.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { makeTestDatabase } from '../support/testDatabase.ts';
import { type Api, signIn, useApi } from './api.ts';
import { create, newOpId, remove, wholeProject, wholeTask } from './operations.ts';

type Row = Readonly<Record<string, unknown>>;
type Tables = ReadonlyMap<string, readonly Row[]>;

/** Everything in a backup. */
function contentOf(path: string): Promise<Tables> {
  return withBackup(path, async ({ parts }) => {
    const tables = new Map<string, Row[]>();
    let rows: Row[] = [];
    let columns: readonly string[] = [];
    for await (const part of parts) {
      if (part.kind === 'table') {
        columns = part.columns;
        rows = [];
        tables.set(part.table, rows);
      } else {
        for (const values of part.rows) rows.push(Object.fromEntries(columns.map((name, i) => [name, values[i]])));
      }
    }
    return tables;
  });
}

const pairs = 3;

describe('backups', () => {
  const folder = useTemporaryFolder('backup');
  const server = useDtmServer();
  const api = useApi(server);
  const path = (name: string) => join(folder(), name);

  before(async () => {
    await api().make('projects', { id: 'P-B', name: 'Backed up' });
  });

  /** Adds tasks in groups of {@link pairs}, removing some again, until it is told to stop. */
  async function writeGroups(writer: Api, isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      const group = newOpId();
      const ids = Array.from({ length: pairs }, (_, index) => `T-${group}-${index}`);
      const inGroup = { group_id: group };
      const made = await writer.must('POST', '/api/v1/batch', {
        operations: ids.map((id) => create(wholeTask(id, 'P-B'), inGroup)),
      });
      if (group.charCodeAt(25) % 4 > 0) continue;
      const gone = { group_id: newOpId() };
      const before = made.results.map((result) => result.entity ?? {});
      await writer.must('POST', '/api/v1/batch', { operations: before.map((entity) => remove(entity, gone)) });
    }
  }

  it('hold one moment of a server that is being written to: no half group, no change without its entity', async () => {
    let isDone = false;
    const writing = Promise.all([1, 2, 3, 4].map(() => writeGroups(api(), () => isDone)));
    const sizes: number[] = [];
    try {
      for (const name of ['a', 'b', 'c', 'd']) {
        await mustCommand(server(), 'backup', path(name));
        const tables = await contentOf(path(name));
        sizes.push(tables.get('tasks')?.length ?? 0);
        assertConsistent(tables);
      }
    } finally {
      isDone = true;
      await writing;
    }
    assert.deepEqual(
      sizes,
      [...sizes].sort((a, b) => a - b),
    );
    assert.ok((sizes[0] ?? 0) < (sizes[3] ?? 0), `it was written to meanwhile: ${sizes}`);
  });

  function assertConsistent(tables: Tables): void {
    const [tasks = [], changes = [], tombstones = []] = ['tasks', 'changes', 'tombstones'].map((name) =>
      tables.get(name),
    );
    const members = new Map<string, number>();
    for (const { id } of [...tasks, ...tombstones]) {
      const group = String(id).split('-')[1] ?? '';
      members.set(group, (members.get(group) ?? 0) + 1);
    }
    for (const [group, count] of members) assert.equal(count, pairs, `group ${group}`);
    const inOrder = [...changes].sort((a, b) => Number(a.seq) - Number(b.seq));
    const newest = new Map(inOrder.map(({ entity_id: id, seq }) => [id, seq]));
    for (const { id, seq } of [...tasks, ...tombstones]) assert.equal(newest.get(id), seq, String(id));
    assert.equal(tables.get('audit')?.length, changes.length);
  }

  it('can be read by their owner alone, and replace no file unless they are told to', async () => {
    await mustCommand(server(), 'backup', path('mine'));
    assert.equal((await stat(path('mine'))).mode & 0o777, 0o600);
    await writeFile(path('taken'), 'something else');
    const refused = await serverCommand(server(), 'backup', path('taken'));
    assert.deepEqual([refused.code, refused.stdout], [73, '']);
    assert.match(refused.stderr, /^error: there is already a file .+taken\nhint: .+--force/);
    const forced = await mustCommand<Row>(server(), 'backup', path('taken'), '--force');
    assert.equal(forced.file, path('taken'));
    assert.deepEqual((await readdir(folder())).sort(), ['mine', 'taken']);
  });

  it('hold the keys of the server, and no password', async () => {
    await mustCommand(server(), 'backup', path('keys'));
    const meta = (await contentOf(path('keys'))).get('meta') ?? [];
    const keys = meta.filter(({ key }) => key === 'secrets');
    assert.equal(keys.length, 1);
    assert.match(String(keys[0]?.value), /signing_keys/);
  });

  it('that cannot be written say why, and leave nothing behind', async () => {
    const missing = await serverCommand(server(), 'backup', join(folder(), 'missing/backup'));
    assert.equal(missing.code, 73);
    assert.match(missing.stderr, /there is no such folder\nhint: /);
    if (process.getuid?.() === 0) {
      console.log('      not tried as root: a folder without the right to write');
      return;
    }
    await chmod(folder(), 0o500);
    const denied = await serverCommand(server(), 'backup', path('denied'));
    await chmod(folder(), 0o700);
    assert.equal(denied.code, 73);
    assert.deepEqual(await readdir(folder()), []);
  });

  it('know every table of the newest schema', async () => {
    const place = { dataDir: server().dataDir, databaseUrl: server().environment.DTM_DATABASE_URL };
    const { db, close } = await connect(place, 'read');
    try {
      const there = (await db.introspection.getTables()).map(({ name }) => name);
      assert.deepEqual(
        [...(await tablesOf(db)).keys()].sort(),
        there.filter((name) => name !== 'sqlite_sequence').sort(),
      );
    } finally {
      await close();
    }
  });
});

describe('backups of one engine', () => {
  const folder = useTemporaryFolder('move');
  const dropping: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const drop of dropping.splice(0)) await drop();
  });

  before(function () {
    onlyOn(this, ['sqlite'], 'the run of the embedded database goes through both');
  });

  async function filledServer(): Promise<DtmServer> {
    const server = await startDtmServer({ store: 'sqlite' });
    const api = await signIn(server);
    const texts = { title: 'Zeile\u2028zwei 𝄞 "quoted" \\ back', description: 'ä\n\r\t\u0085 ü' };
    const numbers = { estimate_points: 0.1 + 0.2, actual_hours: 1e-7, labels: ['x', 'ü'] };
    const operations = [
      create(wholeProject('P-M', { custom: { big: 9_007_199_254_740_991, deep: [null, { a: 1.5 }] } })),
      ...Array.from({ length: 250 }, (_, index) => create(wholeTask(`T-M${index}`, 'P-M', { ...texts, ...numbers }))),
    ];
    await api.must('POST', '/api/v1/batch', { operations });
    const gone = await api.must('GET', '/api/v1/tasks/T-M7');
    await api.must('POST', '/api/v1/batch', { operations: [remove(gone)] });
    await api.post('/api/v1/projects', { name: 'Answered once' }, { 'idempotency-key': newOpId() });
    return server;
  }

  /** Without what a restore changes on purpose. */
  function comparable(tables: Tables): Readonly<Record<string, readonly string[]>> {
    const lines = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort();
    const own = (row: Row) => !['epoch', 'changes_gaps'].includes(String(row.key));
    return Object.fromEntries([...tables].map(([name, rows]) => [name, lines(rows.filter(own))]));
  }

  it('move to the other one and back, to the last bit', async () => {
    const server = await filledServer();
    const sqlite: DatabasePlace = { dataDir: server.dataDir, databaseUrl: undefined };
    const database = await makeTestDatabase("locale_provider icu icu_locale 'en' template template0");
    dropping.push(() => server.dispose(), database.drop);
    await server.stop();
    const [first, second, third] = ['1', '2', '3'].map((name) => join(folder(), name));
    const postgres: DatabasePlace = { dataDir: join(folder(), 'data'), databaseUrl: database.url };
    const elsewhere: DatabasePlace = { dataDir: join(folder(), 'elsewhere'), databaseUrl: undefined };

    await backUp(sqlite, first!, false);
    await restoreBackup(postgres, first!);
    await backUp(postgres, second!, false);
    await restoreBackup(elsewhere, second!);
    await backUp(elsewhere, third!, false);
    const original = comparable(await contentOf(first!));
    assert.equal(original.tasks?.length, 249);
    assert.deepEqual(comparable(await contentOf(second!)), original);
    assert.deepEqual(comparable(await contentOf(third!)), original);
  });

  for (const count of Object.keys(migrations).keys()) {
    it(`made when ${count + 1} migrations were known can be restored, and get the others`, async () => {
      const older = join(folder(), 'dtm.sqlite');
      const db = new Kysely<Database>({ dialect: nodeSqliteDialect(openWriter(older)) });
      await migrate(db, Object.fromEntries(Object.entries(migrations).slice(0, count + 1)));
      const identity = await readIdentity(db);
      const task = newEntity('task', 'T-OLD', { projectId: 'P-1', title: 'Old' }, '2026-01-01T00:00:00.000Z', 'ada');
      await new EntityTable(db).save('task', task, null, 1);
      await db.destroy();
      const file = join(folder(), 'older');
      const { header } = await backUp({ dataDir: folder(), databaseUrl: undefined }, file, false);
      assert.equal(header.schema, Object.keys(migrations)[count]);

      const database = await makeTestDatabase();
      dropping.push(database.drop);
      for (const place of [
        { dataDir: join(folder(), 'new'), databaseUrl: undefined },
        { dataDir: join(folder(), 'unused'), databaseUrl: database.url },
      ]) {
        const { epoch, keptIn } = await restoreBackup(place, file);
        assert.equal(keptIn, undefined);
        const restored = await connect(place, 'write');
        assert.deepEqual(await migrate(restored.db), []);
        assert.deepEqual(await readIdentity(restored.db), { ...identity, epoch });
        assert.deepEqual(await new EntityTable(restored.db).find('task', 'T-OLD'), task);
        await restored.close();
      }
    });
  }
});
