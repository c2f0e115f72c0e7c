/**
 * Reads a cell that holds a list. The older tools never said how: Python's list text (`['a', "b"]`), JSON, and words
 * with `|`, `;` or commas between them are all found.
 */
export function listOf(cell: string): string[] {
  const text = cell.trim();
  if (text.startsWith('[') && text.endsWith(']')) return jsonWords(text) ?? pythonWords(text.slice(1, -1));
  const separator = ['|', ';', ','].find((each) => text.includes(each));
  return (separator === undefined ? [text] : text.split(separator)).map((word) => word.trim()).filter(isWord);
}

function jsonWords(text: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed)
      ? parsed
          .filter((each) => each !== null)
          .map(String)
          .filter(isWord)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Words in single or double quotes with backslash escapes, or bare ones such as numbers. */
function pythonWords(text: string): string[] {
  const parts = text.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^,'"\s][^,]*)/g);
  return [...parts].map(([, single, double, bare]) => unescaped(single ?? double ?? bare?.trim() ?? '')).filter(isWord);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter);
}

function isWord(word: string): boolean {
  return word !== '' && word !== 'None';
}
