import { redacted } from './redaction.ts';

const most = 2_000;
const unpaired = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text, or what stands for none. */
export function named(text: string | null | undefined, none = 'none'): string {
  return text === null || text === undefined || text.trim() === '' ? none : text.trim();
}

/** A list in words; `none` for an empty one. */
export function listed(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}

/** Text that can be hashed and shown to anybody: no secrets, no unpaired surrogates, at most 2,000 characters. */
export function plain(text: string): string {
  const clean = redacted(text).replace(unpaired, '\ufffd');
  if (clean.length <= most) return clean;
  return `${clean.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
