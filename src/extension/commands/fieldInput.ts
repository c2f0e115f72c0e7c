import { l10n } from 'vscode';
import { defaultOf } from '../../core/draft.ts';
import { fieldSchema, isSetField } from '../../core/entity.ts';
import { isDtmError } from '../../core/errors.ts';
import type { EntityKind } from '../../core/ids.ts';
import { parseField } from '../../core/wire.ts';
import { localDay } from '../views/progress.ts';

const numbers: ReadonlySet<string> = new Set([
  'estimatePoints',
  'actualHours',
  'velocityTargetPoints',
  'committedPoints',
]);

/** A field's value as a person types it. */
export function toInput(field: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  return field === 'dueAt' ? dueInput(String(value)) : String(value);
}

/**
 * What was typed, as the field's value; a due day means the end of that day on this machine.
 * @throws DtmError `validation`
 */
export function fromInput(kind: EntityKind, field: string, text: string): unknown {
  return parseField(kind, field, rawValue(kind, field, text.trim()));
}

/** Checks a field while it is being typed. @returns what is wrong, in a few words, or undefined */
export function fieldProblem(kind: EntityKind, field: string, text: string): string | undefined {
  try {
    fromInput(kind, field, text);
    return undefined;
  } catch (error) {
    return explain(kind, field, text, error);
  }
}

function rawValue(kind: EntityKind, field: string, text: string): unknown {
  if (isSetField(kind, field)) return wordsIn(text);
  if (text === '' && defaultOf(kind, field) === null) return null;
  if (numbers.has(field)) return Number(text.replace(',', '.'));
  return field === 'dueAt' && /^\d{4}-\d{2}-\d{2}$/.test(text) ? endOfDay(text) : text;
}

function wordsIn(text: string): string[] {
  return [...new Set(text.split(',').map((word) => word.trim()))].filter((word) => word !== '');
}

function endOfDay(day: string): string {
  const end = new Date(`${day}T23:59:59.999`);
  return Number.isNaN(end.getTime()) ? day : end.toISOString();
}

/** The day alone where the moment is the end of it. */
function dueInput(value: string): string {
  const day = localDay(new Date(value));
  return endOfDay(day) === new Date(value).toISOString() ? day : value;
}

function explain(kind: EntityKind, field: string, text: string, error: unknown): string {
  if (field === 'dueAt' || field.endsWith('Date')) return l10n.t('Write a day as in 2026-01-31.');
  if (numbers.has(field)) return l10n.t('Write a number from 0 to 1,000,000.');
  if (text.trim() === '') return l10n.t('Something must stand here.');
  const problem = isDtmError(error) ? error.fields[0] : undefined;
  const longest = longestText(kind, field);
  if (problem?.code === 'too_big' && longest !== undefined) {
    return l10n.t('At most {0} characters; these are {1}.', longest, text.trim().length);
  }
  return problem?.message ?? (error instanceof Error ? error.message : String(error));
}

/** How long the text of a field may be; its schema says so, within its `null` where it has one. */
function longestText(kind: EntityKind, field: string): number | undefined {
  let schema: unknown = fieldSchema(kind, field);
  if (hasUnwrap(schema)) schema = schema.unwrap();
  const most = typeof schema === 'object' && schema !== null && 'maxLength' in schema ? schema.maxLength : undefined;
  return typeof most === 'number' ? most : undefined;
}

function hasUnwrap(schema: unknown): schema is { unwrap(): unknown } {
  return typeof schema === 'object' && schema !== null && 'unwrap' in schema && typeof schema.unwrap === 'function';
}
