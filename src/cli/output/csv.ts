import { stringify } from 'csv-stringify/sync';
import type { Fields } from './document.ts';

/** Rows as RFC 4180 with a header row. What a spreadsheet would run as a formula gets a leading `'`. */
export function csvOf(names: readonly string[], rows: readonly Fields[]): string {
  return stringify([names, ...rows.map((row) => names.map((name) => cellOf(row[name])))]);
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((part) => typeof part === 'string')) return guard(value.join(';'));
  return guard(typeof value === 'string' ? value : JSON.stringify(value));
}

function guard(text: string): string {
  return /^[=+\-@\t\r']/.test(text) ? `'${text}` : text;
}
