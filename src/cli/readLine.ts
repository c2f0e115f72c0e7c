import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** The first line of a stream, without its end; empty if there is none. */
export async function readLine(stream: Readable): Promise<string> {
  const lines = createInterface({ input: stream, terminal: false });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  return '';
}
