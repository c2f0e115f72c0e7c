import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { faults } from '../../support/faultProxy/fault.ts';
import { type FaultProxy, startFaultProxy } from '../../support/faultProxy.ts';

describe('faultProxy', () => {
  let server: Server;
  let proxy: FaultProxy;
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startFaultProxy((server.address() as AddressInfo).port);
  });

  afterEach(async () => {
    await proxy.close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server.close();
    await once(server, 'close');
  });

  async function open(): Promise<Socket> {
    const socket = connect(proxy.port, '127.0.0.1');
    sockets.add(socket);
    await once(socket, 'connect');
    return socket;
  }

  /** Everything until the other side ends the connection. */
  async function readAll(socket: Socket): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  }

  async function echo(socket: Socket, text: string): Promise<string> {
    socket.write(text);
    let answer = '';
    while (answer.length < text.length) answer += String((await once(socket, 'data'))[0]);
    return answer;
  }

  it('passes both directions, the end too, and counts', async () => {
    const socket = await open();
    socket.end('hello');
    assert.equal(await readAll(socket), 'hello');
    assert.deepEqual(proxy.counters, { connections: 1, toServer: 5, toClient: 5 });
  });

  it('carries a large body unchanged', async () => {
    const body = 'abcdefgh'.repeat(200_000);
    const socket = await open();
    socket.end(body);
    assert.equal(await readAll(socket), body);
  });

  it('refuses new connections and ends the open ones', async () => {
    const socket = await open();
    assert.equal(await echo(socket, 'before'), 'before');
    await proxy.set(faults.refuse);
    assert.equal(await readAll(socket), '');
    assert.equal(proxy.openConnections, 0);
    await assert.rejects(open(), { code: 'ECONNREFUSED' });
  });

  it('listens on the same port again after it refused', async () => {
    const { port } = proxy;
    await proxy.set(faults.refuse);
    await proxy.pass();
    assert.equal(proxy.port, port);
    assert.equal(await echo(await open(), 'again'), 'again');
  });

  it('resets open connections and new ones', async () => {
    const socket = await open();
    assert.equal(await echo(socket, 'before'), 'before');
    await proxy.set(faults.reset);
    await assert.rejects(readAll(socket), { code: 'ECONNRESET' });
    const second = connect(proxy.port, '127.0.0.1');
    sockets.add(second);
    await assert.rejects(readAll(second), { code: 'ECONNRESET' });
    assert.equal(proxy.counters.connections, 2);
  });

  it('cuts the answer after so many bytes, which do arrive', async () => {
    await proxy.set(faults.cut(3));
    const socket = await open();
    socket.write('hello');
    assert.equal(await readAll(socket), 'hel');
    assert.deepEqual(proxy.counters, { connections: 1, toServer: 5, toClient: 3 });
  });

  it('cuts the question after so many bytes', async () => {
    await proxy.set(faults.cut(3, 'toServer'));
    const socket = await open();
    socket.write('hello');
    await readAll(socket).catch((error: NodeJS.ErrnoException) => assert.equal(error.code, 'ECONNRESET'));
    assert.equal(proxy.counters.toServer, 3);
  });

  it('swallows everything as a black hole, and lets it through afterwards', async () => {
    await proxy.set(faults.blackHole);
    const socket = await open();
    socket.write('hello');
    await once(server, 'connection');
    assert.deepEqual(proxy.counters, { connections: 1, toServer: 0, toClient: 0 });
    const answer = once(socket, 'data');
    await proxy.pass();
    assert.equal(String((await answer)[0]), 'hello');
  });

  it('delays until another fault replaces the delay', async () => {
    const anHour = 3_600_000;
    await proxy.set(faults.delay(0, anHour));
    const socket = await open();
    socket.write('hello');
    while (proxy.counters.toServer < 5) await new Promise(setImmediate);
    assert.equal(proxy.counters.toClient, 0);
    const answer = once(socket, 'data');
    await proxy.pass();
    assert.equal(String((await answer)[0]), 'hello');
  });

  it('delivers in order after a delay', async () => {
    await proxy.set(faults.delay(5));
    const socket = await open();
    assert.equal(await echo(socket, 'one'), 'one');
    assert.equal(await echo(socket, 'two'), 'two');
  });

  it('throttles to pieces that add up to the whole', async () => {
    await proxy.set(faults.throttle(50_000));
    const socket = await open();
    const text = 'x'.repeat(5_000);
    let chunks = 0;
    socket.on('data', () => {
      chunks += 1;
    });
    assert.equal(await echo(socket, text), text);
    assert.ok(chunks > 1, 'it came in one piece');
  });

  it('resets its client when nobody listens behind it', async () => {
    server.close();
    const socket = connect(proxy.port, '127.0.0.1');
    sockets.add(socket);
    await assert.rejects(readAll(socket), { code: 'ECONNRESET' });
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  it('closes with connections open', async () => {
    const socket = await open();
    await echo(socket, 'hello');
    await proxy.close();
    assert.equal(proxy.openConnections, 0);
    await assert.rejects(open(), { code: 'ECONNREFUSED' });
  });
});
