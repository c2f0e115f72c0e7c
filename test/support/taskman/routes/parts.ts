import { randomBytes } from 'node:crypto';
import { utcNow } from '../python/clock.ts';
import { isList, isMap, numberIn, PyDateTime, PyFloat, type Value } from '../python/value.ts';
import type { Row } from '../store/table.ts';

/** The items of a checklist or the steps of a plan, as copies that can be changed. */
export function partsOf(row: Readonly<Row>, column: string): Row[] {
  const parts = row[column] ?? null;
  return isList(parts) ? parts.filter(isMap).map((part) => ({ ...part })) : [];
}

/** Puts a part after the named one (at the end when there is none) and numbers all; without a name, only the new one. */
export function insertPart(parts: Row[], part: Row, after: Value): Row[] {
  if (!after) return [...parts, { ...part, order: parts.length + 1 }];
  const index = parts.findIndex(({ id }) => id === after);
  return numbered(parts.toSpliced(index < 0 ? parts.length : index + 1, 0, part));
}

export function numbered(parts: readonly Row[]): Row[] {
  return parts.map((part, index) => ({ ...part, order: index + 1 }));
}

/** Whether there are parts and each is completed or skipped. */
export function areDone(parts: readonly Row[]): boolean {
  return parts.length > 0 && parts.every(({ status }) => status === 'completed' || status === 'skipped');
}

/** How much of the shown parts is completed, in percent. */
export function progressOf(parts: readonly Value[]): PyFloat {
  const completed = parts.filter((part) => isMap(part) && part.status === 'completed').length;
  return new PyFloat(parts.length === 0 ? 0 : (completed / parts.length) * 100);
}

export function byOrder(parts: readonly Row[]): Row[] {
  return parts.toSorted((a, b) => (numberIn(a.order ?? 0) ?? 0) - (numberIn(b.order ?? 0) ?? 0));
}

/** `datetime.now(UTC)`, for a column. */
export function nowInUtc(): PyDateTime {
  return new PyDateTime(`${utcNow()}Z`);
}

/** The same as text, for JSON. */
export function nowText(): string {
  return `${utcNow()}+00:00`;
}

export function newId(prefix: string, digits: number): string {
  return `${prefix}-${randomBytes(digits / 2)
    .toString('hex')
    .toUpperCase()}`;
}
