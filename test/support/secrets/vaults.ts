/**
 * The places where secrets are meant to be. Elsewhere there is none.
 * @returns the secrets in a file that is such a place; undefined if it is none
 */
export function heldIn(name: string, text: string): readonly string[] | undefined {
  if (/\/state\.vscdb(\.backup|-journal|-wal)?$/.test(name)) return [];
  const content = parsed(text);
  if (content === undefined) return undefined;
  const isTokenFile = content.version === 1 && isRecord(content.tokens);
  const isRuntimeFile = /\/servers\/\d+\.json$/.test(name);
  return isTokenFile || isRuntimeFile || Array.isArray(content.signing_keys) ? stringsIn(content) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string): Fields | undefined {
  if (!text.startsWith('{') || text.length > 1_000_000) return undefined;
  try {
    const content: unknown = JSON.parse(text);
    return isRecord(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Every text of the length of a secret, however deep; some are JSON themselves. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    const inner = parsed(value);
    return inner ? stringsIn(inner) : /^[\w.-]{43,}$/.test(value) ? [value] : [];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
