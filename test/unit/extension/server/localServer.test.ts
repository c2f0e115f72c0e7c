import assert from 'node:assert/strict';
import { join } from 'node:path';
import { LocalServer } from '../../../../src/extension/server/localServer.ts';
import { freePort } from '../../../support/freePort.ts';
import { isAlive } from '../../../support/isAlive.ts';
import { repositoryRoot } from '../../../support/paths.ts';
import { MemoryLogger } from '../../../support/ports.ts';
import { startProcess } from '../../../support/processes.ts';
import { useTemporaryFolder } from '../../../support/temporary.ts';

const script = join(repositoryRoot, 'src/server/main.ts');

describe('LocalServer', () => {
  const state = useTemporaryFolder('local-server');
  const environment = () => ({ ...process.env, DTM_STATE_HOME: state(), DTM_LOG_LEVEL: 'warn' });
  const answers = (origin: string) =>
    fetch(`${origin}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );

  it('starts one server however often it is asked, and stops it', async () => {
    const server = new LocalServer({ script, environment: environment(), logger: new MemoryLogger() });
    const port = await freePort();
    const [first, second] = await Promise.all([server.start(port), server.start(port)]);
    assert.equal(first, second);
    assert.equal(await answers(first.origin), true);
    assert.equal(first.madeAccount?.username, 'admin');
    await server.close();
    assert.equal(server.isRunning, false);
    assert.equal(await answers(first.origin), false);
  });

  it('never writes the password that the server made to the log', async () => {
    const logger = new MemoryLogger();
    const server = new LocalServer({ script, environment: environment(), logger });
    const { madeAccount } = await server.start(await freePort());
    await server.close();
    assert.ok(madeAccount);
    assert.ok(!logger.lines.join('\n').includes(madeAccount.password));
  });

  it('says in the words of the server why it did not start, and can be tried again', async () => {
    const broken = { ...environment(), DTM_LOG_LEVEL: 'loud' };
    const server = new LocalServer({ script, environment: broken, logger: new MemoryLogger() });
    await assert.rejects(server.start(await freePort()), { code: 'unavailable', message: /DTM_LOG_LEVEL/ });
    await assert.rejects(server.start(await freePort()), { code: 'unavailable' });
    assert.equal(server.isRunning, false);
    await server.close();
  });

  it('does not outlive a window that was killed', async () => {
    const module = join(repositoryRoot, 'src/extension/server/localServer.ts');
    const program = `
      import { LocalServer } from ${JSON.stringify(module)};
      const logger = { debug() {}, info() {}, warn() {}, error() {} };
      const server = new LocalServer({ script: ${JSON.stringify(script)}, environment: process.env, logger });
      const { origin } = await server.start(${await freePort()});
      console.log('started ' + origin);
    `;
    const window = await startProcess(process.execPath, ['--input-type=module', '--eval', program], {
      env: environment(),
    });
    const origin = (await window.waitForLine(/^started /)).slice('started '.length);
    // Only the window itself: its process group would take the server along.
    process.kill(window.pid, 'SIGKILL');
    await window.exited;
    while (await answers(origin)) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(isAlive(window.pid), false);
  });
});
