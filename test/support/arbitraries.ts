import fc from 'fast-check';
import { ulid } from 'ulid';
import { changesOf, type Draft, newEntity } from '../../src/core/draft.ts';
import type { Entity, EntityByKind } from '../../src/core/entity.ts';
import { type EntityKind, entityKinds, prefixOf } from '../../src/core/ids.ts';
import { statusesOf } from '../../src/core/lifecycle.ts';
import { type Operation, type OperationHeader, surfaces } from '../../src/core/operation.ts';
import { priorities, severities, workTypes } from '../../src/core/task.ts';
import { isStorableText } from '../../src/core/text.ts';

/** Text with letters of many scripts, signs above U+FFFF, and characters that CSV, SQL and JSON treat specially. */
const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 10 }) },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', "'", '=1+1', 'a;b\\;c', 'é\u0301', '\uffff', '😀', '\r\n', '"x"') },
);
export const storedText = anyText.filter(isStorableText);
export const visibleText = storedText.filter((text) => text.trim() !== '');

/** Few ids, so that entities refer to each other and edits meet. */
function idArbitrary(kind: EntityKind): fc.Arbitrary<string> {
  return fc.integer({ min: 1, max: 4 }).map((number) => `${prefixOf(kind)}${number}`);
}

export const instants = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
export const days = instants.map((instant) => instant.slice(0, 10));
const amounts = fc
  .oneof(fc.integer({ min: 0, max: 100 }), fc.double({ min: 0, max: 1_000, noNaN: true }))
  .map(positive);
/** JSON has no negative zero. */
function positive(value: number): number {
  return value === 0 ? 0 : value;
}
const words = fc.uniqueArray(visibleText, { maxLength: 4 });
const person = fc.constantFrom('ada', 'bob', 'Çelik');
/** `__proto__` is no key that JSON objects keep in every program. */
const custom = fc.dictionary(
  fc.string({ maxLength: 5 }).filter((key) => key !== '__proto__' && isStorableText(key)),
  fc.oneof(fc.integer(), storedText, fc.boolean(), fc.constant(null), fc.array(fc.integer(), { maxLength: 3 })),
  { maxKeys: 3 },
);
const criteria = fc.uniqueArray(
  fc.record({ id: fc.constantFrom('c1', 'c2', 'c3', 'c4'), text: storedText, done: fc.boolean() }),
  { selector: (criterion) => criterion.id, maxLength: 4 },
);
const links = fc.uniqueArray(
  fc.record({ title: storedText, url: fc.constantFrom('https://a', 'https://b', 'file:src/x.ts#L3') }),
  { selector: (link) => link.url, maxLength: 3 },
);
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const sharedFields = {
  status: (kind: EntityKind) => fc.constantFrom(...statusesOf(kind)),
  owner: () => nullable(person),
  custom: () => custom,
};

const fieldArbitraries: Readonly<Record<EntityKind, Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  project: {
    name: visibleText,
    mission: storedText,
    status: sharedFields.status('project'),
    owner: sharedFields.owner(),
    startDate: nullable(days),
    targetEndDate: nullable(days),
    pendingReason: nullable(storedText),
    blockedReason: nullable(storedText),
    labels: words,
    repositories: words,
    custom,
  },
  sprint: {
    projectId: idArbitrary('project'),
    name: visibleText,
    goal: storedText,
    status: sharedFields.status('sprint'),
    cadence: fc.constantFrom('weekly', 'biweekly', 'monthly', 'custom'),
    startDate: nullable(days),
    endDate: nullable(days),
    owner: sharedFields.owner(),
    velocityTargetPoints: nullable(amounts),
    committedPoints: nullable(amounts),
    pendingReason: nullable(storedText),
    blockedReason: nullable(storedText),
    custom,
  },
  task: {
    projectId: idArbitrary('project'),
    sprintId: nullable(idArbitrary('sprint')),
    parentId: nullable(idArbitrary('task')),
    title: visibleText,
    description: storedText,
    status: sharedFields.status('task'),
    priority: fc.constantFrom(...priorities),
    severity: nullable(fc.constantFrom(...severities)),
    workType: nullable(fc.constantFrom(...workTypes)),
    owner: sharedFields.owner(),
    assignees: fc.uniqueArray(person, { maxLength: 3 }),
    labels: words,
    estimatePoints: nullable(amounts),
    actualHours: nullable(amounts),
    dueAt: nullable(instants),
    dependsOn: fc.uniqueArray(idArbitrary('task'), { maxLength: 3 }),
    acceptanceCriteria: criteria,
    links,
    blockedReason: nullable(storedText),
    rank: fc.constantFrom('', 'a0', 'a1', 'Zz'),
    custom,
  },
};

/** A value for one field that a person may write. */
export function fieldArbitrary(kind: EntityKind, field: string): fc.Arbitrary<unknown> {
  const arbitrary = fieldArbitraries[kind][field];
  if (!arbitrary) throw new Error(`no arbitrary for ${kind}.${field}`);
  return arbitrary;
}

/** Some of the fields of a kind, as a person would give them. */
export function draftArbitrary(kind: EntityKind): fc.Arbitrary<Draft> {
  return fc.record(fieldArbitraries[kind], { requiredKeys: [] }) as fc.Arbitrary<Draft>;
}

/** A whole entity with a value in every field that a person may write. */
export function entityArbitrary<K extends EntityKind>(kind: K): fc.Arbitrary<EntityByKind[K]> {
  return fc
    .record({ id: idArbitrary(kind), at: instants, draft: fc.record(fieldArbitraries[kind]) })
    .map(({ id, at, draft }) => newEntity(kind, id, draft, at, 'ada'));
}

export const kindArbitrary: fc.Arbitrary<EntityKind> = fc.constantFrom(...entityKinds);

const headers = fc.record(
  {
    opId: fc.integer({ min: 0, max: 2 ** 40 }).map((time) => ulid(time)),
    at: instants,
    account: person,
    surface: fc.constantFrom(...surfaces),
    reason: storedText,
    groupId: fc.constant('01ARZ3NDEKTSV4RRFFQ69G5FAV'),
    replaces: fc.constant('01ARZ3NDEKTSV4RRFFQ69G5FAW'),
    undoes: fc.constant('01ARZ3NDEKTSV4RRFFQ69G5FAX'),
  },
  { requiredKeys: ['opId', 'at', 'account', 'surface'] },
);

/** An operation that changes `current` by some draft. */
export function updateArbitrary(kind: EntityKind, current: Entity): fc.Arbitrary<Operation> {
  return fc.tuple(headers, draftArbitrary(kind)).map(([header, draft]) => ({
    ...headerFor(header, kind, current.id),
    kind: 'update',
    ...changesOf(kind, current, draft),
  }));
}

/** Any operation on any kind. */
export const operationArbitrary: fc.Arbitrary<Operation> = kindArbitrary.chain((kind) =>
  entityArbitrary(kind).chain((entity) =>
    fc.oneof(
      headers.map((header): Operation => ({ ...headerFor(header, kind, entity.id), kind: 'create', data: entity })),
      headers.map((header): Operation => ({ ...headerFor(header, kind, entity.id), kind: 'delete', before: entity })),
      headers.map((header): Operation => ({ ...headerFor(header, kind, entity.id), kind: 'restore', before: entity })),
      updateArbitrary(kind, entity),
    ),
  ),
);

function headerFor(header: Omit<OperationHeader, 'entity' | 'id'>, entity: EntityKind, id: string): OperationHeader {
  return { ...header, entity, id };
}
