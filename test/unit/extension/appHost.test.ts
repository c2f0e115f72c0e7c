import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import { AppHost } from '../../../src/extension/appHost.ts';
import { MemoryLogger } from '../../support/ports.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { openTestApp } from '../../support/testApp.ts';

describe('AppHost', () => {
  const folder = useTemporaryFolder('host');
  const state = useTemporaryFolder('host-state');
  const open = (): Promise<DtmApp> => openTestApp(state(), folder());

  it('gives the tracker to whoever waits for it', async () => {
    const host = new AppHost(open, new MemoryLogger());
    const waiting = host.ready();
    assert.equal(host.state.kind, 'opening');
    await host.open();
    assert.equal(await waiting, host.app);
    await host.close();
    assert.equal(host.app, undefined);
  });

  it('says why it could not be opened, and can be tried again', async () => {
    let attempts = 0;
    const host = new AppHost(async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('disk on fire');
      return open();
    }, new MemoryLogger());
    await host.open();
    assert.equal(host.state.kind, 'failed');
    await assert.rejects(host.ready(), /disk on fire/);
    await host.open();
    assert.equal(host.state.kind, 'ready');
    await host.close();
  });

  it('passes on the changes of the present tracker only', async () => {
    const host = new AppHost(open, new MemoryLogger());
    await host.open();
    const first = host.app;
    await host.open();
    assert.notEqual(host.app, first);
    const changes: (ReadonlySet<string> | null)[] = [];
    host.onDidChangeEntities((change) => changes.push(change));
    const { entity } = await (await host.ready()).tracker.create('project', { name: 'Website' });
    assert.ok(changes.length > 0);
    for (const change of changes) assert.deepEqual(change, new Set([entity?.id]));
    await host.close();
  });

  it('opens nothing any more once it was closed', async () => {
    const host = new AppHost(open, new MemoryLogger());
    await host.close();
    await host.open();
    assert.equal(host.state.kind, 'opening');
    await assert.rejects(host.ready(), /closing/);
  });

  it('writes nothing to the folder merely by opening', async () => {
    const host = new AppHost(
      () => openTestApp(state(), folder(), { resident: true, surface: 'extension' }),
      new MemoryLogger(),
    );
    await host.open();
    assert.deepEqual(await readdir(folder()), []);
    await host.close();
    assert.deepEqual(await readdir(folder()), []);
  });
});
