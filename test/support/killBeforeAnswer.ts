import { ServerResponse } from 'node:http';

/**
 * Loaded before a server (`--import`): a request that carries `X-Test-Kill` is worked on, but as the first byte of its
 * answer is about to leave, the process dies as by kill -9. Whatever was committed stays, and nobody was told.
 */
const { writeHead } = ServerResponse.prototype;
ServerResponse.prototype.writeHead = function (this: ServerResponse, ...given: unknown[]) {
  if (this.req.headers['x-test-kill'] !== undefined) process.kill(process.pid, 'SIGKILL');
  return Reflect.apply(writeHead, this, given) as ServerResponse;
} as typeof writeHead;
