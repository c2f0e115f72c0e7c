import { type SecretShape, secretShapes } from './secretShapes.ts';

/** A secret in a text: what it looks like, and where it stands in UTF-16 units. Never the secret itself. */
export interface FoundSecret {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** `a://:x@b` is a whole secret with its shape. */
const shortest = 9;

/** Everything in a text that looks like a token, a key or a password, in order and without overlaps. */
export function findSecrets(text: string): FoundSecret[] {
  if (text.length < shortest) return [];
  const found = secretShapes.flatMap((shape) => secretsOf(shape, text));
  return withoutOverlaps(found.sort((a, b) => a.start - b.start || b.end - a.end));
}

/** The text with each secret replaced by what it is: `[redacted: a GitHub token]`. */
export function redacted(text: string): string {
  let rest = 0;
  let result = '';
  for (const { name, start, end } of findSecrets(text)) {
    result += `${text.slice(rest, start)}[redacted: ${name}]`;
    rest = end;
  }
  return result + text.slice(rest);
}

function secretsOf({ name, marks, pattern, isLikely }: SecretShape, text: string): FoundSecret[] {
  if (!marks.some((mark) => text.includes(mark))) return [];
  const found: FoundSecret[] = [];
  for (const match of text.matchAll(pattern)) {
    const [start, end] = match.indices?.groups?.secret ?? [match.index, match.index + match[0].length];
    if (!isLikely || isLikely(text.slice(start, end))) found.push({ name, start, end });
  }
  return found;
}

/** Of two that overlap, one that spans both; it is called as the one that begins first. */
function withoutOverlaps(sorted: readonly FoundSecret[]): FoundSecret[] {
  const kept: FoundSecret[] = [];
  for (const secret of sorted) {
    const last = kept.at(-1);
    if (!last || secret.start >= last.end) kept.push(secret);
    else if (secret.end > last.end) kept[kept.length - 1] = { ...last, end: secret.end };
  }
  return kept;
}
