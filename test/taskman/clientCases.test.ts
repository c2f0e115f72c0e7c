import assert from 'node:assert/strict';
import { DialectClients } from '../../src/client/dialects/dialectClients.ts';
import { openBlackHole } from '../support/blackHole.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { freePort } from '../support/freePort.ts';
import { answerJson, ScriptedServer } from '../support/httpServer.ts';
import type { Fault } from '../support/taskman/http/faults.ts';
import { TaskmanBench } from '../support/taskmanBench.ts';
import { projectOperation, silentLogger, systemClock, taskOperation } from '../support/trackerBench.ts';

const lists = /^\/api\/v1\/(tasks|sprints|projects)$/;
const failures: Readonly<Record<string, Fault['act']>> = {
  'damaged JSON': { status: 200, text: '{"tasks": [', contentType: 'application/json' },
  'a web page': { status: 200, text: '<html>', contentType: 'text/html' },
  'another shape': { status: 200, body: { tasks: 'none' } },
  'status 401': { status: 401, body: { detail: 'Not authenticated' } },
  'status 403': { status: 403, body: { detail: 'Forbidden' } },
  'status 404': { status: 404, body: { detail: 'Not Found' } },
  'status 500': { status: 500, body: { detail: 'Internal server error', status_code: 500 } },
  'status 503': { status: 503, text: 'busy', contentType: 'text/plain' },
  'a reset': 'reset',
  silence: 'hang',
};

describe('the client of TaskMan-v2 when answers go wrong', () => {
  const bench = new TaskmanBench('sqlite');

  for (const [name, act] of Object.entries(failures)) {
    it(`shows what it had, says that it is not connected, and goes on by itself: ${name}`, async () => {
      const workspace = await bench.open('first', { requestTimeoutMs: 300 });
      const project = projectOperation();
      const task = taskOperation(project.id, 'seen before');
      await workspace.tracker.commit([project, task]);
      await workspace.sync();
      const undo = bench.taskman.faults.add({ when: 'before effect', method: 'GET', path: lists, act });
      const report = await workspace.tracker.sync(10_000);
      assert.ok(report.error);
      assert.ok(!['online', 'syncing', 'local'].includes(workspace.tracker.status.connection.kind));
      assert.equal(workspace.tracker.visible.get('task', task.id)?.title, 'seen before');
      undo();
      await workspace.sync();
      assert.equal(workspace.tracker.status.connection.kind, 'online');
      assert.deepEqual(workspace.tracker.queue(), []);
    });
  }

  it('asks for no more than it needs, however often it is told to', async () => {
    const workspace = await bench.open();
    await workspace.sync();
    bench.taskman.forgetRequests();
    await workspace.sync();
    assert.deepEqual(
      bench.taskman.requests.map((one) => one.path),
      ['/health', '/api/v1/projects', '/api/v1/sprints', '/api/v1/tasks', '/health'],
    );
    bench.taskman.forgetRequests();
    await Promise.all(Array.from({ length: 20 }, () => workspace.sync()));
    assert.ok(bench.taskman.count('GET', '/api/v1/tasks') <= 2, 'what comes at once shares one answer');
  });
});

describe('finding out what a server is', function () {
  this.timeout(20_000);
  const bench = new TaskmanBench('postgres');
  const dtm = useDtmServer();
  let scripted: ScriptedServer | undefined;
  let clients: DialectClients;
  beforeEach(() => {
    clients = new DialectClients({ clock: systemClock, logger: silentLogger, requestTimeoutMs: 500 });
  });
  afterEach(async () => {
    await clients.close();
    await scripted?.stop();
  });

  it('tells a DTM server from TaskMan-v2, and remembers it', async () => {
    assert.equal((await clients.detect(dtm().origin)).dialect, 'dtm');
    for (let round = 0; round < 3; round++) {
      assert.deepEqual(await clients.detect(bench.taskman.origin), { dialect: 'taskman-v2', version: '0.1.0' });
    }
    assert.equal(bench.taskman.requests.length, 1);
  });

  it('knows TaskMan-v2 by its health where something else stands at the root', async () => {
    bench.taskman.faults.add({ when: 'before effect', path: '/', act: { status: 404, body: { detail: 'Not Found' } } });
    assert.equal((await clients.detect(bench.taskman.origin)).dialect, 'taskman-v2');
  });

  it('says why where nobody answers, late or not now, and asks again the next time', async () => {
    await assert.rejects(clients.detect(`http://127.0.0.1:${await freePort()}`), { code: 'offline' });
    const hole = await openBlackHole();
    await assert.rejects(clients.detect(hole.origin), { code: 'timeout' });
    await hole.close();
    let isBusy = true;
    scripted = await ScriptedServer.start((_, response) =>
      isBusy ? answerJson(response, 503, { detail: 'later' }) : answerJson(response, 200, { flavour: 'dtm' }),
    );
    await assert.rejects(clients.detect(scripted.origin), { code: 'unavailable' });
    isBusy = false;
    assert.equal((await clients.detect(scripted.origin)).dialect, 'dtm');
  });

  it('does not take a DTM server for an older one because it has no time to say who it is', async () => {
    const isBusy = new Set(['/']);
    scripted = await ScriptedServer.start(({ path }, response) =>
      isBusy.has(path)
        ? answerJson(response, 503, { detail: 'later' })
        : answerJson(response, 200, { version: '0.1.0', ...(path === '/' ? { flavour: 'dtm' } : {}) }),
    );
    await assert.rejects(clients.detect(scripted.origin), { retryable: true });
    isBusy.clear();
    assert.equal((await clients.detect(scripted.origin)).dialect, 'dtm');
  });

  it('does not take a web page for a server', async () => {
    scripted = await ScriptedServer.start((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>');
    });
    await assert.rejects(clients.detect(scripted.origin), { code: 'incompatible' });
  });
});
