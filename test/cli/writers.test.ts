import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { startDtmServer } from '../support/dtmServer.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { type Shell, useShell } from './cfCli.ts';

const titlesOf = async (cf: Shell) =>
  (await cf.ok('task', 'list', '--json')).json().items.map(({ title }) => String(title));

describe('cf_cli: many writers', () => {
  const shell = useShell();

  it('keeps 12 of 12 tasks that 12 processes create at once', async () => {
    const cf = shell();
    const project = await cf.id('project', 'create', 'Website');
    const titles = Array.from({ length: 12 }, (_, i) => `Task ${i}`);
    const results = await Promise.all(titles.map((title) => cf.run(['task', 'create', title, '--project', project])));
    assert.deepEqual(
      results.map(({ code }) => code),
      titles.map(() => 0),
      results.map(({ stderr }) => stderr).join(''),
    );
    assert.deepEqual((await titlesOf(cf)).sort(), titles.sort());
  }).timeout(60_000);

  it('puts 12 of 12 on the server, each once, when 12 processes create at once online', async () => {
    const server = await startDtmServer();
    try {
      const token = await server.login();
      const cf = shell().with({ DTM_TOKEN: token });
      await cf.ok('bind', server.origin);
      const project = await cf.id('project', 'create', 'Website');
      const titles = Array.from({ length: 12 }, (_, i) => `Task ${i}`);
      const create = (title: string) => cf.run(['task', 'create', title, '--project', project, '--require-sync']);
      const results = await Promise.all(titles.map(create));
      for (const { code, stderr } of results) assert.equal(code, 0, stderr);
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${server.origin}/api/v1/tasks?limit=100`, { headers });
      const { items } = (await answer.json()) as { items: { title: string }[] };
      assert.deepEqual(items.map(({ title }) => title).sort(), titles.sort());
    } finally {
      await server.dispose();
    }
  }).timeout(60_000);

  it('loses nothing that was confirmed when processes are killed (kill -9) in the middle of writes', async () => {
    const kills = 20;
    const seed = Number(process.env.CF_CLI_SEED ?? 20_261_123);
    const random = seededRandom(seed);
    const cf = shell();
    const project = await cf.id('project', 'create', 'Website');
    const confirmed: string[] = [];
    for (let i = 0; i < kills; i++) {
      const title = `Task ${i}`;
      const writer = await cf.start(['task', 'create', title, '--project', project], { input: '' });
      await delay(40 + random() * 160);
      await writer.kill();
      if (writer.stdout.includes(title)) confirmed.push(title);
    }
    const there = await titlesOf(cf);
    const lost = confirmed.filter((title) => !there.includes(title));
    console.log(`      seed ${seed}: ${kills} kills, ${confirmed.length} confirmed, ${lost.length} lost`);
    assert.deepEqual(lost, []);
    assert.equal(new Set(there).size, there.length, 'a task was stored twice');
    await cf.ok('task', 'create', 'After all that', '--project', project);
  }).timeout(60_000);

  it('ends with 130 on Ctrl-C, and what was confirmed stays', async () => {
    const cf = shell();
    await cf.ok('task', 'create', 'Kept');
    // Waits for a password that never comes.
    const waiting = await cf.start(['auth', 'login', '--username', 'admin', '--password-stdin', '--verbose']);
    await delay(500);
    assert.equal(waiting.hasEnded, false);
    const { code } = await waiting.stop('SIGINT');
    assert.equal(code, 130, waiting.stderr);
    assert.match(waiting.stderr, /^error: interrupted$/m);
    assert.deepEqual(await titlesOf(cf), ['Kept']);
  });
});
