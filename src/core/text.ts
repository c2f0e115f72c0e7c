// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for; no database stores it.
const unstorable = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Whether every store of ours can keep this text: no NUL, no unpaired surrogate. */
export function isStorableText(value: string): boolean {
  return !unstorable.test(value);
}

/**
 * Orders two strings by Unicode code point, as SQLite's BINARY and PostgreSQL's "C" collations do.
 * JavaScript's own `<` orders by UTF-16 unit, which differs above U+FFFF.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other UTF-16 unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The words of a text, for search: compatibility-normalised, lower case, letters, digits, `_` and `-`. */
export function wordsOf(value: string): string[] {
  return value
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}_-]+/u)
    .filter((word) => word !== '');
}

/** The same list without repeats, in code-point order: the canonical form of a set of words. */
export function canonicalWords(values: readonly string[]): string[] {
  return [...new Set(values)].sort(compareCodePoints);
}
