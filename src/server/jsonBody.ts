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

/** A value and where it is; the path is made only when there is something to say about it. */
interface Node {
  readonly value: unknown;
  readonly key: string;
  readonly parent: Node | undefined;
  readonly depth: number;
}

/** Without recursion: the nesting of a hostile body must not decide how deep our stack goes. */
function checkTree(root: unknown): void {
  const open: Node[] = [{ value: root, key: '', parent: undefined, depth: 0 }];
  for (let node = open.pop(); node; node = open.pop()) {
    const { value } = node;
    if (typeof value === 'string') checkText(value, node);
    else if (Array.isArray(value)) checkItems(value, node, open);
    else if (typeof value === 'object' && value !== null) checkProperties(value, node, open);
  }
}

function checkItems(items: readonly unknown[], parent: Node, open: Node[]): void {
  checkDepth(parent);
  for (let index = 0; index < items.length; index++) {
    const value = items[index];
    if (isWorthChecking(value)) open.push({ value, key: String(index), parent, depth: parent.depth + 1 });
  }
}

function checkProperties(object: object, parent: Node, open: Node[]): void {
  checkDepth(parent);
  for (const key of Object.keys(object)) {
    if (key === '__proto__') throw refused('bad-request', parent, 'has a forbidden property name');
    checkText(key, parent);
    const value = (object as Readonly<Record<string, unknown>>)[key];
    if (isWorthChecking(value)) open.push({ value, key, parent, depth: parent.depth + 1 });
  }
}

/** Numbers, true, false and null are as they are. */
function isWorthChecking(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}

function checkDepth(node: Node): void {
  if (node.depth < deepest) return;
  throw refused('bad-request', undefined, `is nested deeper than ${deepest} levels`);
}

function checkText(text: string, node: Node): void {
  if (!isStorableText(text)) throw refused('validation', node, 'must not contain NUL or unpaired surrogates');
}

function refused(code: 'bad-request' | 'validation', node: Node | undefined, message: string): DtmError {
  const name = pathOf(node).filter(isStorableText).join('.');
  return new DtmError(code, `${name || 'the body'} ${message}`, {
    fields: [{ path: name, code: 'invalid', message }],
    hint: 'Correct the body and send it again.',
  });
}

function pathOf(node: Node | undefined): string[] {
  const path: string[] = [];
  for (let each = node; each?.parent; each = each.parent) path.unshift(each.key);
  return path;
}
