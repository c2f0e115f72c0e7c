/** Makes a text that people wrote show as it is in Markdown: no links, no icons, no HTML, no formatting. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!~|<>$&:@^=]/g, (sign) =>
    sign === '<' ? '&lt;' : sign === '&' ? '&amp;' : `\\${sign}`,
  );
}

/** One line of at most `longest` characters. */
export function firstLine(text: string, longest: number): string {
  const line = text.trim().split(/\r?\n/, 1)[0] ?? '';
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
