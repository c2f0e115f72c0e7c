import assert from 'node:assert/strict';
import { makeDtmServer } from '../support/dtmServer.ts';
import { signIn } from './api.ts';

describe('a full disk', () => {
  it('is told as 503 with what to do; nothing acknowledged is lost, and reading goes on', async function () {
    if (process.platform === 'win32') {
      console.log('      skipped: no ulimit here to stand for a full disk');
      return this.skip();
    }
    const server = await makeDtmServer({ store: 'sqlite' });
    try {
      await server.start({ fileLimitBlocks: 12_000 });
      const api = await signIn(server);
      await api.make('projects', { id: 'P-F', name: 'Full' });
      const kept: string[] = [];
      const write = () => api.post('/api/v1/tasks', { project_id: 'P-F', title: 'x', description: 'y'.repeat(50_000) });
      let answer = await write();
      for (; answer.status === 201; answer = await write()) kept.push(answer.body.id);
      assert.equal(answer.status, 503, answer.text);
      assert.equal(answer.body.type, '/problems/unavailable');
      assert.match(answer.body.hint, /Nothing was changed/);
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
      assert.ok(kept.length > 5);
      assert.equal((await api.get('/health')).body.status, 'degraded');
      assert.equal((await api.must('GET', '/api/v1/tasks')).total, kept.length);
      await server.kill();
      await server.start();
      const { items } = await (await signIn(server)).must('GET', '/api/v1/tasks?limit=1000');
      assert.deepEqual(items.map((item) => item.id).sort(), kept.sort());
      assert.equal((await (await signIn(server)).post('/api/v1/tasks', { project_id: 'P-F', title: 'x' })).status, 201);
      console.log(`      disk full after ${kept.length} tasks, 0 lost`);
    } finally {
      await server.dispose();
    }
  });
});
