import * as z from 'zod';
import { defaultOf } from '../../core/draft.ts';
import { editableFields, fieldSchema, fieldsOf } from '../../core/entity.ts';
import { DtmError, isDtmError } from '../../core/errors.ts';
import { day, instant } from '../../core/fields.ts';
import type { EntityKind } from '../../core/ids.ts';
import { endOfDay } from '../../core/localDay.ts';
import { wireName } from '../../core/wire.ts';
import { type CellKind, cellKindOf, decodeCell } from './csvCell.ts';

/** A column of our own. */
export interface CsvColumn {
  readonly field: string;
  /** The name in the header row. */
  readonly name: string;
  readonly cell: CellKind;
  /** Whether a person may write it; otherwise DTM does. */
  readonly editable: boolean;
  readonly nullable: boolean;
}

/** Schema order, `version` last: a change of one task changes one line, at the field and at its end. */
export const csvColumns = { project: makeColumns('project'), sprint: makeColumns('sprint'), task: makeColumns('task') };

function makeColumns(kind: EntityKind): readonly CsvColumn[] {
  const editable = editableFields(kind);
  const fields = fieldsOf(kind).filter((field) => field !== 'version');
  return [...fields, 'version'].map((field) => ({
    field,
    name: wireName(field),
    cell: cellKindOf(kind, field),
    editable: editable.includes(field),
    nullable: fieldSchema(kind, field) instanceof z.ZodNullable,
  }));
}

/**
 * Reads a cell that a person may have written: an empty one means the default where there must be a value, words of a
 * list of choices may be written as people say them (`In Progress`), and a day alone is when something is due.
 * @throws DtmError `validation` naming the column
 */
export function valueOfCell(kind: EntityKind, column: CsvColumn, text: string): unknown {
  if (text === '' && !column.nullable) return defaultOf(kind, column.field) ?? '';
  try {
    const value = decodeCell(column.cell, text);
    return typeof value === 'string' ? asMeant(kind, column.field, value) : value;
  } catch (error) {
    if (!isDtmError(error) || error.fields.length > 0) throw error;
    const { name } = column;
    const fields = [{ path: name, code: 'cell', message: error.message }];
    throw new DtmError('validation', `${name}: ${error.message}`, { fields, hint: error.hint ?? 'Correct the cell.' });
  }
}

function asMeant(kind: EntityKind, field: string, text: string): string {
  let schema = fieldSchema(kind, field);
  if (schema instanceof z.ZodNullable) schema = schema.unwrap() as z.ZodType;
  if (schema instanceof z.ZodEnum) {
    const word = text
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, '_');
    return schema.safeParse(word).success ? word : text;
  }
  return schema === instant || schema === day ? momentOf(field, schema === instant, text.trim()) : text;
}

const localMinute = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?$/;

/** A day, or a moment as spreadsheets show it, is meant where the person is. */
function momentOf(field: string, isMoment: boolean, text: string): string {
  if (day.safeParse(text).success) return isMoment ? endOfDay(text) : text;
  if (isMoment && instant.safeParse(text).success) return text;
  const moment = isMoment && localMinute.test(text) ? new Date(text.replace(' ', 'T')) : undefined;
  if (moment && !Number.isNaN(moment.getTime())) return moment.toISOString();
  const path = wireName(field);
  const message = `must be a date such as 2026-01-31, and is ${text}`;
  throw new DtmError('validation', `${path} ${message}`, { fields: [{ path, code: 'date', message }] });
}
