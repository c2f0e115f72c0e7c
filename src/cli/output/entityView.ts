import { type Entity, fieldsOf, fieldValue, labelOf } from '../../core/entity.ts';
import { DtmError } from '../../core/errors.ts';
import type { EntityKind } from '../../core/ids.ts';
import { entityToWire, wireName } from '../../core/wire.ts';
import { dayOf } from '../dates.ts';
import { type Colors, colorStatus } from './colors.ts';
import type { Fields } from './document.ts';
import { manyLines, oneLine } from './plainText.ts';
import type { Column } from './table.ts';

/** A value as a person reads it; empty for null. */
export const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value) && value.every((part) => typeof part === 'string')) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

function column(field: string, whenNarrow: Column<Entity>['whenNarrow'] = 'keep'): Column<Entity> {
  const isMoment = field === 'dueAt';
  const value = (entity: Entity) => {
    const given = fieldValue(entity, field);
    return isMoment && typeof given === 'string' ? dayOf(given) : textOf(given);
  };
  const title = (isMoment ? 'due' : wireName(field)).toUpperCase();
  return { title, value, whenNarrow, ...(field === 'status' ? { color: colorStatus } : {}) };
}

const columns: Readonly<Record<EntityKind, readonly Column<Entity>[]>> = {
  task: [
    column('id'),
    column('title', 'shrink'),
    column('status'),
    column('priority', 'omit'),
    column('dueAt', 'omit'),
    column('assignees', 'omit'),
    column('sprintId', 'omit'),
  ],
  sprint: [
    column('id'),
    column('name', 'shrink'),
    column('status'),
    column('startDate', 'omit'),
    column('endDate', 'omit'),
    column('projectId', 'omit'),
  ],
  project: [
    column('id'),
    column('name', 'shrink'),
    column('status'),
    column('owner', 'omit'),
    column('targetEndDate', 'omit'),
  ],
};

/** The columns of a list: a choice for people, or the fields that were asked for. */
export function columnsFor(kind: EntityKind, names: readonly string[] | undefined): readonly Column<Entity>[] {
  if (!names) return columns[kind];
  return names.map((name) => ({
    title: name.toUpperCase(),
    value: (entity) => textOf(entityToWire(kind, entity)[name]),
    whenNarrow: name === 'id' || name === 'status' ? 'keep' : 'shrink',
    ...(name === 'status' ? { color: colorStatus } : {}),
  }));
}

/** The names of `--fields`, checked. @throws DtmError `usage` naming the unknown one */
export function fieldNames(kind: EntityKind, given: string | undefined): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const known = fieldsOf(kind).map(wireName);
  const names = given
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined && names.length > 0) return names;
  throw new DtmError('usage', `a ${kind} has no field ${unknown ?? given}`, {
    hint: `Fields are: ${known.join(', ')}.`,
  });
}

/** An entity in wire names; only the fields that were asked for. */
export function wireFields(kind: EntityKind, entity: Entity, names: readonly string[] | undefined): Fields {
  const wire = entityToWire(kind, entity);
  return names ? Object.fromEntries(names.map((name) => [name, wire[name]])) : wire;
}

/**
 * Everything about an entity that is not empty, a line each.
 * @param localOnly wire names of fields that its server has no place for: they are marked
 */
export function describeEntity(
  kind: EntityKind,
  entity: Entity,
  names: readonly string[] | undefined,
  colors: Colors,
  localOnly: readonly string[] = [],
): string {
  const wire = entityToWire(kind, entity);
  const shown = (names ?? Object.keys(wire)).filter((name) => names || !isEmpty(wire[name]));
  const width = Math.max(...shown.map((name) => name.length));
  const mark = (name: string) => (localOnly.includes(name) ? colors.dim('  (local only)') : '');
  return shown
    .map((name) => `${colors.dim(name.padEnd(width))}  ${cell(name, wire[name], width, colors)}${mark(name)}`)
    .join('\n');
}

function cell(name: string, value: unknown, width: number, colors: Colors): string {
  const text = manyLines(textOf(value)).replaceAll('\n', `\n${' '.repeat(width + 2)}`);
  return name === 'status' ? colorStatus(text, colors) : text;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '') return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** One line about an entity: `T-7ZK3M9Q0AB  Write the imprint  (new, p1)`. */
export function summarise(entity: Entity, colors: Colors): string {
  const priority = 'priority' in entity ? `, ${entity.priority}` : '';
  return `${entity.id}  ${oneLine(labelOf(entity))}  (${colorStatus(entity.status, colors)}${priority})`;
}
