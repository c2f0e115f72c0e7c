import type { IncomingMessage } from 'node:http';

const mostBytes = 64 * 1024 * 1024;
const mostMs = 5_000;

/**
 * Reads the rest of a body that nobody wants. A client that is still sending when the connection closes sees a broken
 * pipe instead of our answer, and would take a refusal for a network failure. Gives up after 64 MiB or 5 s.
 */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed || request.complete) return;
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const timer = setTimeout(resolve, mostMs);
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostBytes) finish();
    });
    request.once('end', finish).once('close', finish).once('error', finish).resume();
  });
}
