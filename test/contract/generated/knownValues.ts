import fc from 'fast-check';
import { entitySchemas } from '../../../src/core/entity.ts';
import { entityKinds } from '../../../src/core/ids.ts';
import { operationToWire } from '../../../src/core/operationWire.ts';
import { enumValues } from '../../../src/core/query.ts';
import { fieldOfWireName } from '../../../src/core/wire.ts';
import { days, instants, operationArbitrary, visibleText } from '../../support/arbitraries.ts';
import type { KnownValues } from '../../support/schemaArbitrary.ts';

/** A placeholder that the world puts something in for. */
export const some = (name: string): fc.Arbitrary<string> => fc.nat({ max: 40 }).map((each) => `«${name} ${each}»`);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const few = <T>(arbitrary: fc.Arbitrary<T>) => fc.uniqueArray(arbitrary, { maxLength: 2 });

const project = fc.oneof({ weight: 4, arbitrary: fc.constant('«base 0»') }, { weight: 1, arbitrary: some('project') });

const inBodies: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  project_id: project,
  sprint_id: orNull(some('sprint')),
  parent_id: orNull(some('task')),
  carry_over_to: orNull(some('sprint')),
  depends_on: few(some('task')),
  add: few(some('task')),
  remove: few(some('task')),
  operations: fc.array(operationArbitrary.map(operationToWire), { minLength: 1, maxLength: 4 }),
  refresh_token: some('refresh'),
  everywhere: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  username: fc.stringMatching(/^[a-zé]{12}$/),
  password: fc.stringMatching(/^[\w-]{8,20}$/),
};
const credentials = { username: fc.constant('«name 0»'), password: fc.constant('«password 0»') };

/** The step that nearly every state allows. */
const lastSteps: Readonly<Record<string, string>> = {
  ProjectTransition: 'cancelled',
  SprintTransition: 'cancelled',
  TaskTransition: 'dropped',
};

/** Of the body with a schema. Signing in works only with what is right. */
export function inBody(schema: string): KnownValues {
  const values: typeof inBodies = schema === 'Login' ? credentials : inBodies;
  const last = lastSteps[schema];
  return (name, usual) => {
    if (last !== undefined && name === 'status') return fc.oneof(usual, fc.constant(last));
    return Object.hasOwn(values, name) ? values[name] : undefined;
  };
}

const words = fc.constantFrom('ada', 'bob', 'Çelik', 'x');
const either = fc.constantFrom('true', 'false');
const inQueries: Readonly<Record<string, fc.Arbitrary<string>>> = {
  owner: words,
  assignee: words,
  label: words,
  actor: fc.constantFrom('admin', 'nobody'),
  project_id: project,
  sprint_id: some('sprint'),
  parent_id: some('task'),
  due_before: instants,
  due_after: days,
  updated_since: days,
  completed_since: instants,
  overdue: either,
  has_sprint: either,
  q: visibleText,
  sort: fc.constantFrom('', 'id', '-created_at', 'status,-updated_at', '-created_by,id'),
  since: some('since'),
};

/** Of a query with a schema, where the schema sees nothing but text. */
export function inQuery(schema: string): KnownValues {
  const kind = entityKinds.find((each) => schema.toLowerCase() === `${each}query`);
  return (name) => {
    if (kind && name === 'cursor') return some('cursor');
    const field = kind && fieldOfWireName(kind, name);
    const allowed = field && Object.hasOwn(entitySchemas[kind].shape, field) ? enumValues(kind, field) : undefined;
    if (allowed) return few(fc.constantFrom(...allowed)).map((values) => values.join(','));
    if (schema === 'AuditQuery' && name === 'since') return days;
    return Object.hasOwn(inQueries, name) ? inQueries[name] : undefined;
  };
}
