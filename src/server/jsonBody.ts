import { DtmError } from '../core/errors.ts';
import { isStorableText } from '../core/text.ts';

const deepest = 64;

/**
 * Reads a JSON body, and refuses what would be dangerous or cannot be stored anywhere in it: nesting deeper than 64
 * levels, the key `__proto__`, NUL and unpaired surrogates.
 * @throws DtmError `bad-request`, `validation`
 */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  const value = parse(text);
  checkTree(value);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new DtmError('bad-request', 'the body is not JSON', {
      cause: error,
      hint: 'Send well-formed JSON in UTF-8.',
    });
  }
}

interface Node {
  readonly value: unknown;
  readonly path: readonly string[];
}

/** Without recursion: the nesting of a hostile body must not decide how deep our stack goes. */
function checkTree(root: unknown): void {
  const open: Node[] = [{ value: root, path: [] }];
  for (let node = open.pop(); node; node = open.pop()) {
    const { value, path } = node;
    if (typeof value === 'string') checkText(value, path);
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= deepest) throw refused('bad-request', [], `is nested deeper than ${deepest} levels`);
    for (const [key, child] of Object.entries(value)) {
      checkKey(key, path);
      if (child !== null && (typeof child === 'object' || typeof child === 'string')) {
        open.push({ value: child, path: [...path, key] });
      }
    }
  }
}

function checkKey(key: string, path: readonly string[]): void {
  if (key === '__proto__') throw refused('bad-request', path, 'has a forbidden property name');
  checkText(key, path);
}

function checkText(value: string, path: readonly string[]): void {
  if (!isStorableText(value)) throw refused('validation', path, 'must not contain NUL or unpaired surrogates');
}

function refused(code: 'bad-request' | 'validation', path: readonly string[], message: string): DtmError {
  const name = path.filter(isStorableText).join('.');
  return new DtmError(code, `${name || 'the body'} ${message}`, {
    fields: [{ path: name, code: 'invalid', message }],
    hint: 'Correct the body and send it again.',
  });
}
