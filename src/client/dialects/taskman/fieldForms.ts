import { type Entity, fieldValue } from '../../../core/entity.ts';
import { amount, day } from '../../../core/fields.ts';
import { canonicalSet } from '../../../core/listChange.ts';
import { type ElementForm, hasElements, readElements, writeElements } from './listElements.ts';
import type { Row } from './row.ts';
import { fittingText, isSameText, readText, storedText } from './storedText.ts';
import { ourWord, type Vocabulary } from './words.ts';

/** How one field of ours stands in a row of TaskMan-v2. */
export interface FieldForm {
  readonly field: string;
  /** The row's member. */
  readonly name: string;
  /** Our value for what the row says; always one that our schema allows. */
  read(row: Row): unknown;
  /** The member's value for the entity's. @param row as it is now; what we cannot show of it is kept */
  write(entity: Entity, row: Row | undefined): unknown;
  /** Whether the row says what the entity says, as far as it can say it. */
  holds(entity: Entity, row: Row): boolean;
}

type Common = Pick<FieldForm, 'field' | 'name'>;

/** Free text; TaskMan-v2 has null where nothing was ever written. */
export function textForm(field: string, name: string, longest: number): FieldForm {
  const read = (row: Row) => fittingText(readText(asText(row[name])), longest);
  return {
    field,
    name,
    read,
    write: (entity) => storedText(asText(fieldValue(entity, field))),
    holds: (entity, row) => isSameText(asText(fieldValue(entity, field)), read(row)),
  };
}

/** A word of a fixed vocabulary. @param otherwise what stands for every word that is not in it */
export function wordForm(field: string, name: string, known: Vocabulary, otherwise: string | null): FieldForm {
  return scalarForm({ field, name }, (value) => ourWord(known, value) ?? otherwise);
}

export function dayForm(field: string, name: string): FieldForm {
  return scalarForm(
    { field, name },
    (value) => day.safeParse(asText(value).slice(0, 'YYYY-MM-DD'.length)).data ?? null,
  );
}

/** Points and hours; a database may keep fewer digits than we do. */
export function amountForm(field: string, name: string): FieldForm {
  const read = (value: unknown) => amount.safeParse(typeof value === 'string' ? Number(value) : value).data ?? null;
  const form = scalarForm({ field, name }, read);
  return {
    ...form,
    holds: (entity, row) => isNear(fieldValue(entity, field) as number | null, read(row[name])),
  };
}

const digits = 1e-6;

function isNear(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= digits * Math.max(1, Math.abs(a), Math.abs(b));
}

/** A person's name, or null; TaskMan-v2 knows no empty names. */
export function personForm(field: string, name: string): FieldForm {
  const read = (row: Row) => {
    const person = fittingText(readText(asText(row[name])), 200);
    return person === '' ? null : person;
  };
  return {
    field,
    name,
    read,
    write: (entity) => asText(fieldValue(entity, field)) || null,
    holds: (entity, row) => isSameText(asText(fieldValue(entity, field)), asText(row[name])),
  };
}

/**
 * The owner of a task: it must have one there, so that the account stands for nobody.
 * @param account who uses this workspace
 */
export function taskOwnerForm(field: string, name: string, account: string): FieldForm {
  const person = personForm(field, name);
  const ownerOf = (entity: Entity) => {
    const owner = asText(fieldValue(entity, field));
    return owner.trim() === '' ? account : owner;
  };
  return {
    ...person,
    write: ownerOf,
    holds: (entity, row) => person.holds(entity, row) || isSameText(ownerOf(entity), asText(row[name])),
  };
}

export function listForm<E>(field: string, name: string, elements: ElementForm<E>): FieldForm {
  const ours = (entity: Entity) => fieldValue(entity, field) as readonly E[];
  return {
    field,
    name,
    read: (row) => canonicalSet(field, readElements(elements, row[name])),
    write: (entity, row) => writeElements(elements, ours(entity), row?.[name]),
    holds: (entity, row) => hasElements(elements, ours(entity), row[name]),
  };
}

/** A value that is the same on both sides, but for what we have no word for. */
function scalarForm(common: Common, read: (value: unknown) => unknown): FieldForm {
  const { field, name } = common;
  return {
    ...common,
    read: (row) => read(row[name]),
    write: (entity) => fieldValue(entity, field),
    holds: (entity, row) => fieldValue(entity, field) === read(row[name]),
  };
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
