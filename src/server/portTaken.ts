import { get, type IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';
import { text } from 'node:stream/consumers';
import { rootAnswer } from '../api/service.ts';
import { DtmError } from '../core/errors.ts';

const askMs = 1_000;
const longestAnswer = 10_000;

/** The error for a port that something else listens on; asks it who it is. */
export async function portTaken(host: string, port: number, cause: unknown): Promise<DtmError> {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}/`;
  // Which of the two it speaks is not known, and what speaks one does not answer the other.
  const owner = await Promise.any([identify(`http://${place}`), identify(`https://${place}`)]).catch(() => undefined);
  const hint = owner ? 'Use that server, or stop it, or choose' : 'Stop that program, or choose';
  return new DtmError('port-taken', `port ${port} is taken by ${owner ?? 'another program'}`, {
    hint: `${hint} another port with DTM_PORT (--port).`,
    cause,
  });
}

/** @throws Error if it is not a DTM server, or says nothing in time */
async function identify(url: string): Promise<string> {
  const answer = await ask(url, AbortSignal.timeout(askMs));
  const { version } = rootAnswer.parse(JSON.parse(await text(limited(answer))));
  return `a DTM server (version ${version.slice(0, 40)})`;
}

function ask(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Nothing is told to it, so whose certificate it has does not matter.
    const options = { signal, agent: false, rejectUnauthorized: false };
    const request = url.startsWith('https:') ? getSecurely(url, options, resolve) : get(url, options, resolve);
    request.on('error', reject);
  });
}

async function* limited(answer: IncomingMessage): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestAnswer) throw new Error('the answer is too long');
    yield chunk;
  }
}
