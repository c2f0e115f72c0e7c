import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { firstFreePort } from '../../../../src/extension/server/serverPorts.ts';

describe('firstFreePort', () => {
  it('goes on where another program listens', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const found = await firstFreePort(port);
    other.close();
    await once(other, 'close');
    assert.ok(found > port && found < port + 50, `${found} after ${port}`);
  });

  it('says what to do at the end of the ports', async () => {
    const last = createServer().listen(65_535, '127.0.0.1');
    await once(last, 'listening');
    try {
      await assert.rejects(firstFreePort(65_535), { code: 'port-taken', hint: /dtm\.server\.port/ });
    } finally {
      last.close();
      await once(last, 'close');
    }
  });
});
