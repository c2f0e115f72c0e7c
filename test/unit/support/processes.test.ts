import assert from 'node:assert/strict';
import { assertExited, runProcess, startProcess } from '../../support/processes.ts';

const script = (code: string): [string, string[]] => [process.execPath, ['--eval', code]];
const idle = 'setInterval(() => {}, 1000);';

describe('processes', () => {
  it('captures both streams and the exit code', async () => {
    const result = await runProcess(...script('console.log("out"); console.error("err"); process.exitCode = 3'));
    assert.deepEqual(result, { code: 3, signal: null, stdout: 'out\n', stderr: 'err\n' });
  });

  it('writes the input and closes it', async () => {
    const result = await runProcess(...script('process.stdin.pipe(process.stdout)'), { input: 'hello' });
    assert.equal(result.stdout, 'hello');
  });

  it('waits for a line of either stream', async () => {
    const child = await startProcess(...script(`console.error("ready on 7"); ${idle}`));
    assert.equal(await child.waitForLine(/ready on \d/), 'ready on 7');
    assert.equal(await child.waitForLine(/ready/), 'ready on 7', 'a line that came before counts too');
    assert.deepEqual(await child.kill(), { code: null, signal: 'SIGKILL' });
    assertExited(child.pid);
  });

  it('does not wait for the line of a process that has ended', async () => {
    const child = await startProcess(...script('console.log("bye")'));
    await assert.rejects(child.waitForLine(/ready/), /ended before printing .*ready.*\n.*bye/s);
  });

  it('stops with the signal that lets a process clean up', async () => {
    const code = `process.on("SIGTERM", () => { console.log("clean"); process.exit(0); }); console.log("up"); ${idle}`;
    const child = await startProcess(...script(code));
    await child.waitForLine(/up/);
    assert.deepEqual(await child.stop(), { code: 0, signal: null });
    assert.match(child.stdout, /clean/);
  });

  it('kills a process that does not stop', async () => {
    const child = await startProcess(...script(`process.on("SIGTERM", () => {}); console.log("up"); ${idle}`));
    await child.waitForLine(/up/);
    assert.deepEqual(await child.stop('SIGTERM', 50), { code: null, signal: 'SIGKILL' });
  });

  it('ends what the process has started too', async function () {
    if (process.platform === 'win32') {
      console.log('      skipped: there are no process groups here');
      return this.skip();
    }
    const code = `const c = require("child_process").spawn(process.execPath, ["--eval", ${JSON.stringify(idle)}]);
      console.log("child " + c.pid); ${idle}`;
    const parent = await startProcess(...script(code));
    const grandchild = Number((await parent.waitForLine(/child \d+/)).split(' ')[1]);
    assert.throws(() => assertExited(grandchild), /still runs/);
    await parent.kill();
    while (isStillListed(grandchild)) await new Promise(setImmediate);
    assertExited(grandchild);
  });

  it('says so when a command does not exist', async () => {
    await assert.rejects(startProcess('/nowhere/nothing', []), { code: 'ENOENT' });
  });
});

function isStillListed(pid: number): boolean {
  try {
    assertExited(pid);
    return false;
  } catch {
    return true;
  }
}
