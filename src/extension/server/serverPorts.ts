import { once } from 'node:events';
import { createServer } from 'node:net';
import { DtmError } from '../../core/errors.ts';

const tries = 50;

/**
 * The first port of the loopback interface, from `first` on, on which nothing listens.
 * @throws DtmError `port-taken` after fifty that are taken
 */
export async function firstFreePort(first: number): Promise<number> {
  for (let port = first; port < first + tries && port <= 65_535; port++) {
    if (await isFree(port)) return port;
  }
  throw new DtmError('port-taken', `every port from ${first} on is taken`, {
    hint: 'Choose another with the setting dtm.server.port.',
  });
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
