import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { DtmError, systemCode } from '../core/errors.ts';
import type { Heard } from './silenceWatch.ts';

export interface AnswerBody {
  /** Undefined where nothing came, or an error page that is no JSON: its status says enough. */
  readonly json: unknown;
  /** As it travelled. */
  readonly wireBytes: number;
  /** Of its text. */
  readonly bytes: number;
}

/**
 * Reads an answer's JSON, at most `limit` bytes of it, unpacked.
 * @param heard is told of the head and of every piece
 * @throws DtmError `bad-answer` where a good status came with something else than JSON, `too-large` above the limit
 */
export async function readJson(
  origin: string,
  response: Dispatcher.ResponseData,
  limit: number,
  heard: Heard = () => undefined,
): Promise<AnswerBody> {
  const { text, ...sizes } = await readText(origin, response, limit, heard);
  return { json: parseJson(origin, response, text), ...sizes };
}

function parseJson(origin: string, response: Dispatcher.ResponseData, text: string): unknown {
  // A 204 has no content, whatever comes with it.
  if (text === '' || response.statusCode === 204) return undefined;
  const isError = response.statusCode >= 300;
  if (!isJson(response.headers['content-type'])) {
    if (isError) return undefined;
    throw badAnswer(`${origin} answered with a page, not with data`, { page: true });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (isError) return undefined;
    throw badAnswer(`the answer of ${origin} is damaged JSON`, {}, cause);
  }
}

function isJson(contentType: string | string[] | undefined): boolean {
  return /^application\/([a-z0-9.-]+\+)?json\b/i.test(String(contentType ?? ''));
}

async function readText(origin: string, response: Dispatcher.ResponseData, limit: number, heard: Heard) {
  const encoding = String(response.headers['content-encoding'] ?? 'identity').toLowerCase();
  const text = new LimitedText(origin, limit);
  let wireBytes = 0;
  const counted = async function* (body: AsyncIterable<Uint8Array>) {
    heard();
    for await (const chunk of body) {
      heard();
      wireBytes += chunk.byteLength;
      if (wireBytes > limit) throw answerTooLarge(origin, limit);
      yield chunk;
    }
  };
  if (encoding === 'identity') await text.take(counted(response.body));
  else if (/^(x-)?gzip$/.test(encoding)) await unpack(origin, counted(response.body), text);
  else {
    response.body.destroy();
    throw badAnswer(`${origin} answered in an encoding that was not asked for: ${encoding}`, {});
  }
  return { text: text.end(), wireBytes, bytes: text.bytes };
}

async function unpack(origin: string, packed: AsyncIterable<Uint8Array>, text: LimitedText): Promise<void> {
  try {
    await pipeline(Readable.from(packed), createGunzip(), (unpacked: AsyncIterable<Uint8Array>) => text.take(unpacked));
  } catch (error) {
    if (systemCode(error)?.startsWith('Z_')) throw badAnswer(`the answer of ${origin} is damaged`, {}, error);
    throw error;
  }
}

/** Text that is put together from bytes, up to a limit: a small answer may unpack to a huge one. */
class LimitedText {
  bytes = 0;
  readonly #decoder = new TextDecoder();
  readonly #origin: string;
  readonly #limit: number;
  #text = '';

  constructor(origin: string, limit: number) {
    this.#origin = origin;
    this.#limit = limit;
  }

  async take(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) {
      this.bytes += chunk.byteLength;
      // Leaving the loop destroys the body, and with it the connection that would bring the rest.
      if (this.bytes > this.#limit) throw answerTooLarge(this.#origin, this.#limit);
      this.#text += this.#decoder.decode(chunk, { stream: true });
    }
  }

  end(): string {
    return this.#text + this.#decoder.decode();
  }
}

function answerTooLarge(origin: string, limit: number): DtmError {
  return new DtmError('too-large', `the answer of ${origin} is larger than ${limit} bytes`, {
    hint: `Check the address ${origin}: a DTM server does not send that much at once.`,
    details: { answer: true },
  });
}

function badAnswer(message: string, details: Readonly<Record<string, unknown>>, cause?: unknown): DtmError {
  return new DtmError('bad-answer', message, {
    hint: 'Check the address: another program, a proxy or a sign-in page may answer there.',
    retryable: cause !== undefined,
    details,
    cause,
  });
}
