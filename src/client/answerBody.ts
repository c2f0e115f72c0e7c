import type { Dispatcher } from 'undici';
import { DtmError } from '../core/errors.ts';

/**
 * Reads an answer's JSON, at most `limit` bytes of it. An error page that is no JSON gives undefined: its status says
 * enough.
 * @throws DtmError `bad-answer` where a good status came with something else than JSON, `too-large` above the limit
 */
export async function readJson(origin: string, response: Dispatcher.ResponseData, limit: number): Promise<unknown> {
  const text = await readText(origin, response, limit);
  if (text === '') return undefined;
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

async function readText(origin: string, response: Dispatcher.ResponseData, limit: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    // Leaving the loop destroys the body, and with it the connection that would bring the rest.
    if (bytes > limit) throw answerTooLarge(origin, limit);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
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
