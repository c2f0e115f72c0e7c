import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { type DtmServer, type DtmServerOptions, makeDtmServer, startDtmServer } from '../support/dtmServer.ts';
import { isAlive } from '../support/isAlive.ts';
import { onlyOn } from '../support/onlyOn.ts';
import { repositoryRoot } from '../support/paths.ts';
import { type Finished, runProcess } from '../support/processes.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { Api, signIn } from './api.ts';

/** Sends a login, which takes the server a while; resolves once it is on its way. */
async function beginLogin(port: number): Promise<{ readonly status: Promise<number | undefined> }> {
  const options = { port, path: '/auth/login', method: 'POST', headers: { 'content-type': 'application/json' } };
  const call = request({ host: '127.0.0.1', agent: false, ...options });
  const status = new Promise<number | undefined>((resolve, reject) => {
    call.once('error', reject).once('response', (response) => resolve(response.resume().statusCode));
  });
  call.end(JSON.stringify({ username: 'nobody', password: 'wrong' }));
  await once(call, 'finish');
  return { status };
}

/** For what only the embedded database has: files of its own. */
const store = 'sqlite';

describe('the server process', () => {
  const folder = useTemporaryFolder('server-process');
  const servers: DtmServer[] = [];
  before(function () {
    onlyOn(this, ['sqlite'], 'a process with PostgreSQL has tests of its own');
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.dispose();
  });

  async function start(options: DtmServerOptions = {}): Promise<DtmServer> {
    const server = await startDtmServer(options);
    servers.push(server);
    return server;
  }

  /** Starts a server that is expected to give up. */
  async function runToEnd(options: DtmServerOptions, nodeArgs: readonly string[] = []): Promise<Finished> {
    const server = await makeDtmServer(options);
    servers.push(server);
    const child = await server.launch({ nodeArgs });
    const status = await child.exited;
    return { ...status, stdout: child.stdout, stderr: child.stderr };
  }

  /** A message for people: what is wrong and what to do, no stack. */
  function assertExplains({ stdout, stderr }: Finished, what: RegExp, hint: RegExp): void {
    assert.equal(stdout, '');
    assert.match(stderr, /^error: .+\n(.+\n)*hint: .+\n$/);
    assert.match(stderr, what);
    assert.match(stderr, hint);
    assert.doesNotMatch(stderr, /\n\s+at |node_modules/);
  }

  it('prints one line on standard output, and JSON lines on standard error', async () => {
    const server = await start({ env: { DTM_LOG_LEVEL: 'info' } });
    const api = await signIn(server);
    await api.make('projects', { name: 'Secret name' });
    await server.stop();
    assert.equal(server.process.stdout, `DTM API listening on http://127.0.0.1:${server.port}\n`);
    const lines = server.process.stderr.split('\n').filter((line) => line !== '');
    assert.ok(lines.length > 0);
    for (const line of lines) assert.equal(typeof JSON.parse(line), 'object', line);
    assert.ok(!server.process.stderr.includes(server.password));
  });

  it('keeps data, sessions and identity over a restart', async () => {
    const server = await start();
    const api = await signIn(server);
    const { id } = await api.make('projects', { name: 'Stays' });
    const before = await api.get('/health');
    assert.equal((await server.stop()).code, 0);
    await server.start();
    const after = await api.get(`/api/v1/projects/${id}`);
    assert.equal(after.body.name, 'Stays');
    for (const name of ['dtm-server', 'dtm-dataset']) assert.equal(after.headers.get(name), before.headers.get(name));
  });

  it('finishes requests that are under way when it is told to stop', async () => {
    const server = await start();
    const logins = await Promise.all([1, 2, 3, 4].map(() => beginLogin(server.port)));
    // Connections are accepted in order: once this one was answered, the others have been read, too.
    await new Api(server.origin).get('/health');
    const stopped = server.stop();
    for (const status of await Promise.all(logins.map((login) => login.status))) assert.equal(status, 401);
    assert.deepEqual(await stopped, { code: 0, signal: null });
  });

  it('makes a password at the first start without one, shows it once, and stores only a hash', async () => {
    const server = await start({ env: { DTM_ADMIN_PASSWORD: '' } });
    const password = /with the password (\S+) /.exec(server.process.stderr)?.[1] ?? '';
    assert.ok(password.length >= 20);
    const answer = await new Api(server.origin).post('/auth/login', { username: 'admin', password });
    assert.equal(answer.status, 200);
    await server.stop();
    for (const name of await readdir(server.dataDir)) {
      assert.ok(!readFileSync(join(server.dataDir, name)).includes(password), name);
    }
    await server.start();
    assert.doesNotMatch(server.process.stderr, /password/);
  });

  it('reads the password from a file', async () => {
    const file = join(folder(), 'password');
    await writeFile(file, 'a password from a file\n');
    const server = await start({ env: { DTM_ADMIN_PASSWORD: '', DTM_ADMIN_PASSWORD_FILE: file } });
    const body = { username: 'admin', password: 'a password from a file' };
    assert.equal((await new Api(server.origin).post('/auth/login', body)).status, 200);
  });

  it('keeps its keys to itself', async () => {
    const server = await start({ store });
    for (const name of ['secrets.json', 'dtm.sqlite']) {
      assert.equal(statSync(join(server.dataDir, name)).mode & 0o777, 0o600, name);
    }
  });

  it('names every wrong setting at once and ends with 78', async () => {
    const env = { DTM_PORT: '99999', DTM_ENV: 'prod', DTM_ADMIN_PASSWORD: 'short', DTM_LOG_LEVEL: 'loud' };
    const result = await runToEnd({ env });
    assert.equal(result.code, 78);
    for (const name of Object.keys(env)) assertExplains(result, new RegExp(name), /Correct these/);
  });

  it('does not listen beyond loopback in production without TLS', async () => {
    const env = { DTM_ENV: 'production', DTM_HOST: '0.0.0.0' };
    const result = await runToEnd({ env });
    assert.equal(result.code, 78);
    assertExplains(result, /DTM_HOST/, /DTM_TRUST_PROXY/);
    const behindProxy = await start({ env: { ...env, DTM_TRUST_PROXY: '1' } });
    assert.equal((await new Api(behindProxy.origin).get('/')).status, 200);
  });

  it('says which DTM server has the port, and ends with 69', async () => {
    const first = await start();
    const result = await runToEnd({ port: first.port });
    assert.equal(result.code, 69);
    assertExplains(result, new RegExp(`port ${first.port} is taken by a DTM server \\(version `), /--port/);
    assert.equal(existsSync(first.runtimeFile), true);
    assert.equal((await new Api(first.origin).get('/health')).status, 200);
  });

  it('says that another program has the port, even one that never answers', async () => {
    const other = createServer(() => {}).listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const { port } = other.address() as { port: number };
      const result = await runToEnd({ port });
      assert.equal(result.code, 69);
      assertExplains(result, new RegExp(`port ${port} is taken by another program`), /--port/);
    } finally {
      other.closeAllConnections();
      other.close();
      await once(other, 'close');
    }
  });

  it('refuses a data folder that another server uses; takes it once that one was killed', async () => {
    const first = await start({ store });
    const result = await runToEnd({ dataDir: first.dataDir, store });
    assert.equal(result.code, 69);
    assertExplains(result, /another DTM server is running on the data folder/, /--data-dir/);
    assert.equal((await new Api(first.origin).get('/health')).status, 200);
    await first.kill();
    const second = await start({ dataDir: first.dataDir, store });
    assert.equal((await new Api(second.origin).get('/health')).status, 200);
  });

  it('refuses a database that a newer server wrote, and leaves it as it is', async () => {
    const server = await start({ store });
    await server.stop();
    const file = join(server.dataDir, 'dtm.sqlite');
    const database = new DatabaseSync(file);
    const count = 'select count(*) as count from kysely_migration';
    const before = Number(database.prepare(count).get()?.count);
    database.exec("insert into kysely_migration (name, timestamp) values ('9999_from_the_future', '2099-01-01')");
    database.close();
    const result = await runToEnd({ dataDir: server.dataDir, store });
    assert.equal(result.code, 78);
    assertExplains(result, /newer DTM server \(it has 9999_from_the_future\)/, /Update DTM/);
    const after = new DatabaseSync(file);
    assert.equal(after.prepare(count).get()?.count, before + 1);
    after.close();
  });

  it('refuses a file that is no database', async () => {
    await writeFile(join(folder(), 'dtm.sqlite'), 'This is not a database. '.repeat(100));
    const result = await runToEnd({ dataDir: folder(), store });
    assert.equal(result.code, 73);
    assertExplains(result, /cannot be used/, /DTM_DATA_DIR/);
  });

  it('refuses a data folder that cannot be one', async () => {
    const file = join(folder(), 'file');
    await writeFile(file, '');
    const result = await runToEnd({ dataDir: join(file, 'data'), store });
    assert.equal(result.code, 73);
    assertExplains(result, /cannot be used/, /DTM_DATA_DIR/);
  });

  it('refuses damaged keys without showing them', async () => {
    await mkdir(folder(), { recursive: true });
    await writeFile(join(folder(), 'secrets.json'), '{"signing_keys":[{"kty":"OKP","d":"very-secret"}]}');
    const result = await runToEnd({ dataDir: folder(), store });
    assert.notEqual(result.code, 0);
    assertExplains(result, /secrets\.json is damaged/, /./);
    assert.ok(!result.stderr.includes('very-secret'));
  });

  it('reads the .env files of the folder that it is run in, but not for a program that started it', async () => {
    await writeFile(join(folder(), '.env.test'), 'DTM_RATE_LIMIT_PER_MIN=many\nDTM_PORT=1\n');
    const server = await makeDtmServer({ store });
    servers.push(server);
    const child = await server.launch({ cwd: folder() });
    assert.equal((await child.exited).code, 78);
    assert.match(child.stderr, /DTM_RATE_LIMIT_PER_MIN: .+ \(set in .+\.env\.test\)/);
    assert.doesNotMatch(child.stderr, /DTM_PORT/);
    const owned = await makeDtmServer({ store, env: { DTM_STOP_WITH_PARENT: '1' } });
    servers.push(owned);
    await owned.start({ cwd: folder() });
    assert.equal((await new Api(owned.origin).get('/health')).status, 200);
  });

  it('says which Node.js it needs where that has no database', async () => {
    const result = await runToEnd({ store }, ['--no-experimental-sqlite']);
    assert.equal(result.code, 78);
    assertExplains(result, /has no embedded database/, /22\.13 or later/);
  });

  it('ends with its parent if it was asked to, even if that dies without a word', async () => {
    const server = await makeDtmServer({ env: { DTM_STOP_WITH_PARENT: '1', DTM_LOG_LEVEL: 'info' } });
    servers.push(server);
    const entry = JSON.stringify(join(repositoryRoot, 'src/server/main.ts'));
    const script = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, [${entry}], { stdio: 'pipe', detached: true });
      child.stdout.once('data', () => {
        console.log(child.pid);
        process.kill(process.pid, 'SIGKILL');
      });`;
    const parent = await runProcess(process.execPath, ['-e', script], { env: server.environment });
    assert.equal(parent.signal, 'SIGKILL');
    const pid = Number(parent.stdout);
    assert.ok(pid > 0, parent.stderr);
    while (isAlive(pid)) await setTimeout(20);
    assert.equal(existsSync(server.runtimeFile), false);
  });
});
