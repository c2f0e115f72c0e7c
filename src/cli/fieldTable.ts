import type { DtmApp } from '../app/dtmApp.ts';
import { DtmError } from '../core/errors.ts';
import type { EntityKind } from '../core/ids.ts';
import { statusesOf } from '../core/lifecycle.ts';
import { enumValues } from '../core/query.ts';
import { wireName } from '../core/wire.ts';
import { dueMoment } from './dates.ts';
import { idOf, personNamed } from './references.ts';

type Parse = (text: string, context: FieldContext) => unknown;

interface FieldContext {
  readonly app: DtmApp;
  readonly option: string;
  /** The project that the entity is, or is going to be, in. */
  readonly projectId: string | undefined;
}

/** An option that gives a field its value: the last of its names is the one that is shown in messages. */
export interface FieldOption {
  readonly field: string;
  /** Long names without dashes; earlier ones are the words of older tools. */
  readonly names: readonly [string] | readonly [string, string];
  readonly value: string;
  readonly about: string;
  readonly parse: Parse;
  readonly repeatable?: boolean;
}

const asIs: Parse = (text) => text;
const orNull: Parse = (text) => (text === '' ? null : text);
const isNone = (text: string) => text === '' || text === 'none';
const whenNotNone =
  (parse: Parse): Parse =>
  (text, context) =>
    isNone(text) ? null : parse(text, context);
const amount = whenNotNone((text, { option }) => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new DtmError('validation', `--${option} is not a number: ${text}`, { hint: 'Write digits, such as 3 or 0.5.' });
});
const person = whenNotNone((text, { app }) => personNamed(app, text));
const reference = (kind: EntityKind): Parse =>
  whenNotNone((text, { app, projectId }) => idOf(app, kind, text, projectId));

function text(field: string, names: FieldOption['names'], about: string, parse: Parse = asIs): FieldOption {
  return { field, names, value: '<text>', about, parse };
}

function choice(kind: EntityKind, field: string, name: string): FieldOption {
  const allowed = field === 'status' ? statusesOf(kind) : (enumValues(kind, field) ?? []);
  const parse: Parse = (word) => {
    if (word === '' || allowed.includes(word)) return word === '' ? null : word;
    throw new DtmError('validation', `there is no ${name} ${word}`, {
      fields: [{ path: wireName(field), code: 'unknown', message: `must be one of: ${allowed.join(', ')}` }],
      hint: `Choose one of: ${allowed.join(', ')}.`,
    });
  };
  return { field, names: [name], value: '<word>', about: allowed.join(', '), parse };
}

const status = (kind: EntityKind) => choice(kind, 'status', 'status');
const owner: FieldOption = {
  field: 'owner',
  names: ['owner'],
  value: '<name>',
  about: 'who answers for it (`me`: you)',
  parse: person,
};
const day = (field: string, names: FieldOption['names'], about: string): FieldOption => ({
  field,
  names,
  value: '<day>',
  about: `${about}, YYYY-MM-DD`,
  parse: whenNotNone(asIs),
});
const projectOption: FieldOption = {
  field: 'projectId',
  names: ['project-id', 'project'],
  value: '<id>',
  about: 'its project',
  parse: reference('project'),
};
const blockedReason = text('blockedReason', ['blocked-reason'], 'what it waits for while it is blocked', orNull);
const pendingReason = text('pendingReason', ['pending-reason'], 'what it waits for while it is pending', orNull);
const many = (field: string, name: string, value: string, about: string, parse: Parse = asIs): FieldOption => ({
  field,
  names: [name],
  value,
  about: `${about}; repeat it for several`,
  parse,
  repeatable: true,
});
const labels = many('labels', 'label', '<word>', 'a label');

/** The options of each kind, in the order in which they are explained. */
export const fieldTable: Readonly<Record<EntityKind, readonly FieldOption[]>> = {
  project: [
    text('name', ['name'], 'its name'),
    text('mission', ['description', 'mission'], 'what it is for'),
    status('project'),
    owner,
    day('startDate', ['start', 'start-date'], 'its first day'),
    day('targetEndDate', ['end', 'target-end-date'], 'the day by which it should be finished'),
    labels,
    many('repositories', 'repository', '<url>', 'a repository'),
    blockedReason,
    pendingReason,
  ],
  sprint: [
    text('name', ['name'], 'its name'),
    projectOption,
    text('goal', ['description', 'goal'], 'what it should reach'),
    status('sprint'),
    choice('sprint', 'cadence', 'cadence'),
    day('startDate', ['start', 'start-date'], 'its first day'),
    day('endDate', ['end', 'end-date'], 'its last day'),
    owner,
    {
      field: 'velocityTargetPoints',
      names: ['velocity-target', 'velocity-target-points'],
      value: '<points>',
      about: 'points aimed at',
      parse: amount,
    },
    {
      field: 'committedPoints',
      names: ['committed-points'],
      value: '<points>',
      about: 'points promised',
      parse: amount,
    },
    blockedReason,
    pendingReason,
  ],
  task: [
    text('title', ['title'], 'its title'),
    projectOption,
    {
      field: 'sprintId',
      names: ['sprint-id', 'sprint'],
      value: '<id>',
      about: 'its sprint (`current`: the active one, `none`)',
      parse: reference('sprint'),
    },
    {
      field: 'parentId',
      names: ['parent'],
      value: '<id>',
      about: 'the task that it is a part of (`none`)',
      parse: reference('task'),
    },
    text('description', ['description'], 'more about it'),
    status('task'),
    choice('task', 'priority', 'priority'),
    choice('task', 'severity', 'severity'),
    choice('task', 'workType', 'work-type'),
    owner,
    many('assignees', 'assignee', '<name>', 'who works on it (`me`: you)', person),
    labels,
    {
      field: 'estimatePoints',
      names: ['estimate-points', 'points'],
      value: '<points>',
      about: 'estimated size',
      parse: amount,
    },
    { field: 'actualHours', names: ['hours', 'actual-hours'], value: '<hours>', about: 'hours spent', parse: amount },
    {
      field: 'dueAt',
      names: ['due'],
      value: '<day>',
      about: 'when it is due, YYYY-MM-DD or a time (`none`)',
      parse: whenNotNone(dueMoment),
    },
    many('dependsOn', 'depends-on', '<id>', 'a task that must be done before', reference('task')),
    blockedReason,
  ],
};
