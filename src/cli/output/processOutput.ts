import type { Surroundings } from '../../core/stateHome.ts';
import type { Format } from '../globalOptions.ts';
import { Output, type Sink } from './output.ts';
import { terminalOf } from './terminal.ts';

/** Prints to the streams of this process. */
export function processOutput(format: Format, { env, platform }: Surroundings, wantsColor: boolean): Output {
  const side = (stream: NodeJS.WriteStream) => ({
    sink: sinkOf(stream),
    terminal: terminalOf(stream, env, platform, wantsColor),
  });
  return new Output(format, side(process.stdout), side(process.stderr));
}

/** A reader that has gone away (`| head`) is no error: the command goes on, and nobody reads the rest. */
export function tolerateClosedReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

function sinkOf(stream: NodeJS.WriteStream): Sink {
  return { write: (text) => void stream.write(text) };
}

/** Waits until everything printed has left the process. */
export async function flushOutput(): Promise<void> {
  const drained = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write('', () => resolve()));
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
}
