import assert from 'node:assert/strict';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type DtmServer, makeDtmServer } from '../support/dtmServer.ts';
import { onlyOn } from '../support/onlyOn.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { mustCommand, serverCommand, startCommand } from '../support/serverCommand.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { administer } from '../support/testDatabase.ts';
import { Api, type Body, signIn } from './api.ts';
import { create, wholeTask } from './operations.ts';

type Restored = { readonly epoch: number; readonly kept_in: string | null };

describe('restoring a backup', () => {
  const folder = useTemporaryFolder('restore');
  let server: DtmServer;
  const path = (name: string) => join(folder(), name);
  const restore = (file: string) => mustCommand<Restored>(server, 'restore', file, '--yes');

  beforeEach(async () => {
    server = await makeDtmServer();
    await server.start();
  });
  afterEach(() => server.dispose());

  const epochOf = (headers: Headers): number => Number(/;epoch=(\d+)$/.exec(headers.get('dtm-dataset') ?? '')?.[1]);
  const titlesOf = async (api: Api) =>
    (await api.must('GET', '/api/v1/tasks?limit=1000&sort=title')).items.map((t) => t.title);
  async function endOfFeed(api: Api): Promise<string> {
    let page: Body = await api.must('GET', '/api/v1/changes?since=0&limit=1000');
    while (page.has_more) page = await api.must('GET', `/api/v1/changes?since=${page.next}&limit=1000`);
    return page.next;
  }

  it('brings back an older state under an epoch that was never used, and no cursor leads past what it lost', async () => {
    let api = await signIn(server);
    await api.make('projects', { id: 'P-R', name: 'Restored' });
    const kept = await api.make('tasks', { project_id: 'P-R', title: 'Kept' });
    const atBackup = await endOfFeed(api);
    await mustCommand(server, 'backup', path('old'));

    await api.must('PATCH', `/api/v1/tasks/${kept.id}`, { title: 'Changed after the backup' });
    await api.make('tasks', { project_id: 'P-R', title: 'Made after the backup' });
    const atEnd = await endOfFeed(api);
    const before = await api.get('/api/v1/tasks');
    const { refresh_token: refreshToken } = await new Api(server.origin).must('POST', '/auth/login', {
      username: server.username,
      password: server.password,
    });
    await server.stop();
    const { epoch, kept_in: keptIn } = await restore(path('old'));
    await server.start();

    const answers = [
      await api.get('/api/v1/tasks'),
      await api.get('/health'),
      await api.get('/nowhere'),
      await new Api(server.origin).get('/api/v1/tasks'),
    ];
    for (const { headers } of answers) {
      assert.equal(epochOf(headers), epoch);
      assert.equal(headers.get('dtm-server'), before.headers.get('dtm-server'));
      assert.equal(headers.get('dtm-dataset')?.split(';')[0], before.headers.get('dtm-dataset')?.split(';')[0]);
    }
    assert.ok(epoch > epochOf(before.headers));
    assert.deepEqual([answers[0]?.status, answers[3]?.status], [200, 401]);
    const refreshed = await new Api(server.origin).post('/auth/refresh', { refresh_token: refreshToken });
    assert.equal(refreshed.status, 401, 'a session that began after the backup is unknown');

    api = await signIn(server);
    assert.deepEqual(await titlesOf(api), ['Kept']);
    assert.equal((await api.must('GET', `/api/v1/tasks/${kept.id}`)).version, 1);
    const isExpired = async (cursor: string) => {
      const { status, body } = await api.get(`/api/v1/changes?since=${cursor}`);
      if (status === 410) assert.equal(body.type, '/problems/cursor-expired');
      return status === 410;
    };
    const subscribe = { accept: 'text/event-stream', 'last-event-id': atEnd };
    assert.deepEqual([await isExpired(atBackup), await isExpired(atEnd)], [false, true]);
    assert.equal((await api.get('/api/v1/events', subscribe)).status, 410);
    // Also when the numbers have gone past those that were lost.
    for (const title of ['New 1', 'New 2', 'New 3', 'New 4']) await api.make('tasks', { project_id: 'P-R', title });
    assert.deepEqual([await isExpired(atBackup), await isExpired(atEnd)], [false, true]);
    assert.equal((await api.get('/api/v1/events', subscribe)).status, 410);
    const { changes } = await api.must('GET', `/api/v1/changes?since=${atBackup}`);
    assert.deepEqual(
      changes.map(({ data }) => data?.title),
      ['New 1', 'New 2', 'New 3', 'New 4'],
    );

    await server.stop();
    assert.ok(keptIn !== null);
    const again = await restore(keptIn);
    assert.ok(again.epoch > epoch);
    await server.start();
    api = await signIn(server);
    assert.deepEqual(await titlesOf(api), ['Changed after the backup', 'Made after the backup']);
    assert.equal(await isExpired(atEnd), false);
  });

  it('keeps who was signed in when the backup was made', async () => {
    const api = await signIn(server);
    const { refresh_token: refreshToken } = await new Api(server.origin).must('POST', '/auth/login', {
      username: server.username,
      password: server.password,
    });
    const { token } = (await api.must('POST', '/auth/tokens', { name: 'ci', scope: 'read' })) as unknown as {
      token: string;
    };
    await mustCommand(server, 'backup', path('old'));
    await server.stop();
    await mustCommand(server, 'rotate-keys');
    await restore(path('old'));
    await server.start();
    assert.equal((await api.get('/auth/me')).status, 200);
    assert.equal((await new Api(server.origin, token).get('/auth/me')).status, 200);
    const refreshed = await new Api(server.origin).post('/auth/refresh', { refresh_token: refreshToken });
    assert.equal(refreshed.status, 200);
  });

  it('leaves no key in the embedded database, through which they pass', async function () {
    onlyOn(this, ['sqlite'], 'the database of a PostgreSQL server holds the keys itself');
    await mustCommand(server, 'backup', path('old'));
    await server.stop();
    await restore(path('old'));
    const names = (await readdir(server.dataDir)).filter((name) => name.startsWith('dtm.sqlite'));
    for (const name of names) {
      assert.ok(!(await readFile(join(server.dataDir, name))).includes('signing_keys'), name);
    }
    assert.match(await readFile(join(server.dataDir, 'secrets.json'), 'utf8'), /signing_keys/);
  });

  it('is refused while a server runs, and changes nothing', async () => {
    const api = await signIn(server);
    await api.make('projects', { id: 'P-R', name: 'Untouched' });
    await mustCommand(server, 'backup', path('now'));
    const before = epochOf((await api.get('/')).headers);
    const { code, stdout, stderr } = await serverCommand(server, 'restore', path('now'), '--yes');
    assert.deepEqual([code, stdout], [69, '']);
    assert.match(stderr, /^error: .*DTM server is running on .+\nhint: .*stop/im);
    const answer = await api.get('/api/v1/projects/P-R');
    assert.deepEqual([answer.status, epochOf(answer.headers)], [200, before]);
  });

  it('asks first, and does nothing where nobody can answer', async () => {
    await mustCommand(server, 'backup', path('now'));
    await server.stop();
    const { code, stderr } = await serverCommand(server, 'restore', path('now'));
    assert.equal(code, 64);
    assert.match(stderr, /Replace everything in .+ by the backup of 2.+\n.*--yes/);
  });

  it('refuses what is no whole backup of ours, and changes nothing', async () => {
    const api = await signIn(server);
    await api.make('projects', { id: 'P-R', name: 'Untouched' });
    await mustCommand(server, 'backup', path('good'));
    const before = epochOf((await api.get('/')).headers);
    await server.stop();
    const packed = await readFile(path('good'));
    const lines = gunzipSync(packed).toString().split('\n');
    const header = JSON.parse(lines[0] ?? '') as object;
    const withHeader = (change: object) =>
      gzipSync([JSON.stringify({ ...header, ...change }), ...lines.slice(1)].join('\n'));
    const without = (pattern: RegExp) => gzipSync(lines.filter((line) => !pattern.test(line)).join('\n'));
    const flipped = Buffer.from(packed);
    flipped[Math.floor(packed.length / 2)]! ^= 0x10;
    const changed = gzipSync(lines.join('\n').replace('Untouched', 'Untouchex'));
    const bad: Readonly<Record<string, readonly [Buffer, number, RegExp]>> = {
      empty: [Buffer.alloc(0), 65, /no usable backup/],
      text: [Buffer.from('not a backup'), 65, /no usable backup/],
      foreign: [gzipSync('{"format":"something else"}\n'), 65, /does not begin like a backup/],
      'cut in the middle': [packed.subarray(0, packed.length / 2), 65, /no usable backup/],
      'cut at the end': [packed.subarray(0, packed.length - 9), 65, /no usable backup/],
      'without its end': [gzipSync(lines.slice(0, -2).join('\n')), 65, /its end is missing/],
      'with a flipped bit': [flipped, 65, /no usable backup/],
      'with another letter': [changed, 65, /checksum is wrong/],
      'without a table': [without(/"table":"audit"/), 65, /no usable backup|rows are missing/],
      'without rows': [without(/Untouched/), 65, /rows are missing|checksum/],
      'of a newer format': [withHeader({ format_version: 2 }), 78, /written by a newer DTM/],
      'of a newer schema': [withHeader({ schema: '9999_future' }), 65, /checksum/],
    };
    for (const [name, [content, code, message]] of Object.entries(bad)) {
      await writeFile(path('bad'), content);
      const result = await serverCommand(server, 'restore', path('bad'), '--yes');
      assert.deepEqual([result.code, result.stdout], [code, ''], `${name}: ${result.stderr}`);
      assert.match(result.stderr, message, name);
      assert.match(result.stderr, /^hint: /m, name);
      assert.doesNotMatch(result.stderr, /\n\s+at /, name);
    }
    const missing = await serverCommand(server, 'restore', path('missing'), '--yes');
    assert.deepEqual([missing.code, missing.stdout], [66, '']);

    await server.start();
    const answer = await (await signIn(server)).get('/api/v1/projects/P-R');
    assert.deepEqual([answer.status, epochOf(answer.headers)], [200, before]);
  });

  it('that is killed at any moment leaves the old data or the restored, never a mix', async function () {
    onlyOn(this, ['sqlite', 'postgres'], 'no server runs while it restores; the other two runs try it');
    const seed = Number(process.env.DTM_TEST_SEED ?? 20_261_125);
    const random = seededRandom(seed);
    const api = await signIn(server);
    await api.make('projects', { id: 'P-K', name: 'Killed' });
    const add = async (from: number, count: number) => {
      const ids = Array.from({ length: count }, (_, index) => `T-K${from + index}`);
      await api.must('POST', '/api/v1/batch', { operations: ids.map((id) => create(wholeTask(id, 'P-K'))) });
    };
    for (const from of [0, 500]) await add(from, 500);
    await mustCommand(server, 'backup', path('full'));
    await api.must('DELETE', '/api/v1/projects/P-K?cascade=true');
    await api.make('projects', { id: 'P-N', name: 'Now' });
    await mustCommand(server, 'backup', path('now'));
    await server.stop();
    const start = performance.now();
    await restore(path('full'));
    const wholeMs = performance.now() - start;
    let last = await restore(path('now'));

    const outcomes: string[] = [];
    for (let round = 0; round < 6; round++) {
      const command = await startCommand(server, 'restore', path('full'), '--yes');
      await setTimeout(wholeMs * (0.4 + 1.2 * random()));
      await command.kill();
      await server.start();
      const seen = await signIn(server);
      const tasks = (await seen.must('GET', '/api/v1/tasks?limit=1')).total;
      const projects = (await seen.must('GET', '/api/v1/projects')).items.map(({ id }) => id);
      const epoch = epochOf((await seen.get('/')).headers);
      const { changes } = await seen.must('GET', '/api/v1/changes?since=0&limit=1000');
      const isRestored = tasks === 1_000;
      assert.deepEqual(
        [projects, isRestored || tasks === 0],
        [[isRestored ? 'P-K' : 'P-N'], true],
        `round ${round}: ${tasks}`,
      );
      assert.ok(changes.length > 0);
      await server.stop();
      outcomes.push(isRestored ? 'restored' : 'old');
      assert.equal(epoch > last.epoch, isRestored);
      if (isRestored) last = await restore(path('now'));
    }
    console.log(`      seed ${seed}, a whole restore takes ${Math.round(wholeMs)} ms: ${outcomes.join(', ')}`);
  }).timeout(240_000);

  it('leaves a server that lost its database meanwhile no chance to go on with what it knew', async function () {
    onlyOn(this, ['postgres'], 'the run is not about one process on PostgreSQL');
    const { DTM_DATABASE_URL: url } = server.environment;
    assert.ok(url);
    // As if the restore had come between a lost connection and the next one.
    await administer(url, "update meta set value = '1999999999' where key = 'epoch'");
    await administer(url, "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %'");
    const { code } = await server.process.exited;
    assert.equal(code, 69);
    assert.match(server.process.stderr, /error: a backup was restored while .+\nhint: Start the server again/);
    await server.start();
    assert.equal(epochOf((await new Api(server.origin).get('/')).headers), 1_999_999_999);
  });

  it('says what to do with a database that is damaged', async function () {
    onlyOn(this, ['sqlite'], 'the embedded database alone is a file of ours');
    await mustCommand(server, 'backup', path('good'));
    await server.stop();
    await writeFile(join(server.dataDir, 'dtm.sqlite'), 'This is not a database. '.repeat(1_000));
    const { code, stderr } = await serverCommand(server, 'restore', path('good'), '--yes');
    assert.equal(code, 65, stderr);
    assert.match(stderr, /is damaged, so it cannot be kept aside.+\nhint: Move dtm\.sqlite/);
    for (const name of await readdir(server.dataDir)) {
      if (name.startsWith('dtm.sqlite')) await rename(join(server.dataDir, name), path(name));
    }
    await restore(path('good'));
    await server.start();
    assert.equal((await signIn(server)).origin, server.origin);
  });
});
