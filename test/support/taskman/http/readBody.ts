import { JsonDecodeError, parseJson } from '../python/parseJson.ts';
import type { Value } from '../python/value.ts';
import { HttpError } from './answer.ts';
import type { Incoming } from './call.ts';

/**
 * The body as FastAPI 0.115 gives it to the model: JSON when the content type says so or is missing, else the raw text;
 * undefined when there is none.
 * @throws HttpError 422 for broken JSON, 400 for bytes that are no UTF-8
 */
export function readBody({ body, headers }: Incoming): Value | undefined {
  if (body.length === 0) return undefined;
  const text = decoded(body);
  return isJson(headers['content-type']) ? json(text) : text;
}

function isJson(contentType: string | undefined): boolean {
  if (!contentType) return true;
  const [type = ''] = contentType.split(';');
  return /^application\/(json|.*\+json)$/i.test(type.trim());
}

function decoded(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new HttpError(400, 'There was an error parsing the body');
  }
}

function json(text: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonDecodeError)) throw error;
    const problem = {
      type: 'json_invalid',
      loc: ['body', error.position],
      msg: 'JSON decode error',
      input: {},
      ctx: { error: error.message },
    };
    throw new HttpError(422, [problem]);
  }
}
