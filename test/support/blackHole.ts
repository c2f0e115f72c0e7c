import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An address that neither accepts nor refuses connections, as a firewall that drops packets does. */
export interface BlackHole {
  readonly origin: string;
  close(): Promise<void>;
}

const listener = `require('node:net').createServer()
  .listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })`;

/** Stops a process that listens, and fills the queue of connections that wait for it. */
export async function openBlackHole(): Promise<BlackHole> {
  const child = spawn(process.execPath, ['-e', listener], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  child.kill('SIGSTOP');
  const waiting = await fillQueue(port);
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const socket of waiting) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** The system accepts a few connections by itself; the queue is full when one stays open-ended. */
async function fillQueue(port: number): Promise<Socket[]> {
  const sockets = Array.from({ length: 16 }, () => connect(port, '127.0.0.1'));
  for (const socket of sockets) socket.on('error', () => undefined);
  await once(sockets[0] as Socket, 'connect');
  return sockets;
}
