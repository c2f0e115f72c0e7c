import { connect, type Socket } from 'node:net';
import type { Direction, Fault, FaultProxyCounters } from './fault.ts';
import { FaultyStream } from './faultyStream.ts';

/** One connection through the proxy: both of its sockets and both of its directions. */
export type Link = {
  readonly closed: Promise<void>;
  apply(fault: Fault): void;
  reset(): void;
  destroy(): void;
};

/** @param met called each time the fault meets a piece of the traffic */
export function connectThrough(
  client: Socket,
  targetPort: number,
  fault: Fault,
  counters: FaultProxyCounters,
  met: (kind: Fault['kind']) => void,
): Link {
  const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
  const sockets = [client, server];
  const eachSocket = (action: (socket: Socket) => void) => () => sockets.forEach(action);
  const reset = eachSocket((socket) => socket.resetAndDestroy());
  const destroy = eachSocket((socket) => socket.destroy());
  // The other side learns in the same way that its peer is gone.
  for (const socket of sockets) socket.on('error', reset);

  const streamTo = (direction: Direction, from: Socket, to: Socket): FaultyStream => {
    const count = (bytes: number): void => {
      counters[direction] += bytes;
    };
    const stream = new FaultyStream(direction, fault, { count, met });
    // A connection that was cut ends when its last bytes are on their way.
    stream.once('end', () => stream.wasCut && to.once('finish', destroy));
    from.pipe(stream).pipe(to);
    return stream;
  };
  const streams = [streamTo('toServer', client, server), streamTo('toClient', server, client)];
  const closed = Promise.all(sockets.map(closing)).then(() => {
    for (const stream of streams) stream.destroy();
  });
  const apply = (next: Fault): void => {
    for (const stream of streams) stream.apply(next);
  };
  return { closed, apply, reset, destroy };
}

const closing = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));
