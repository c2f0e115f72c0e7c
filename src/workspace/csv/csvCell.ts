import * as z from 'zod';
import { fieldSchema } from '../../core/entity.ts';
import { DtmError } from '../../core/errors.ts';
import type { EntityKind } from '../../core/ids.ts';

/** How a column's values stand in cells. */
export type CellKind = 'text' | 'number' | 'words' | 'json';

/** The kind of a field's cells, from its schema. */
export function cellKindOf(kind: EntityKind, field: string): CellKind {
  let schema: unknown = fieldSchema(kind, field);
  if (schema instanceof z.ZodNullable) schema = schema.unwrap();
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodRecord) return 'json';
  if (!(schema instanceof z.ZodArray)) return 'text';
  return schema.element instanceof z.ZodObject ? 'json' : 'words';
}

/**
 * Writes a value as a cell: null is empty, the empty string a lone `'`, lists are joined with `;`, structures are JSON.
 * What a spreadsheet would run as a formula gets a leading `'`.
 */
export function encodeCell(cell: CellKind, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (cell === 'number') return String(value);
  if (cell === 'words') return encodeWords(value as readonly string[]);
  return guard(cell === 'json' ? JSON.stringify(value) : String(value));
}

/**
 * Reads a cell back; exactly what {@link encodeCell} wrote.
 * @throws DtmError `validation` where the text cannot be of this kind
 */
export function decodeCell(cell: CellKind, text: string): unknown {
  if (cell === 'number') return text === '' ? null : numberOf(text);
  const plain = text.startsWith("'") ? text.slice(1) : text;
  if (cell === 'words') return text === '' || text === "'" ? [] : decodeWords(plain);
  if (text === '') return null;
  return cell === 'json' ? jsonOf(plain) : plain;
}

/** What begins like a formula (or like our own guard) is guarded; so is the empty string, which is not null. */
function guard(text: string): string {
  return text === '' || /^[=+\-@\t\r']/.test(text) ? `'${text}` : text;
}

function encodeWords(words: readonly string[]): string {
  if (words.length === 0) return '';
  return guard(words.map((word) => word.replaceAll('\\', '\\\\').replaceAll(';', '\\;')).join(';'));
}

function decodeWords(text: string): string[] {
  const parts = text.match(/(?:\\[\s\S]|[^;\\]|\\$)+/g) ?? [];
  return parts.map((part) => part.replace(/\\([\s\S])/g, '$1'));
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new DtmError('validation', `not a number: ${text}`, { hint: 'Write digits, with a point for decimals.' });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DtmError('validation', 'not valid JSON', { cause, hint: 'Correct the JSON in this cell.' });
  }
}
