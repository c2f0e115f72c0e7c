import type { Command } from 'commander';
import type { DtmApp } from '../app/dtmApp.ts';
import type { Draft } from '../core/draft.ts';
import { type Entity, fieldValue } from '../core/entity.ts';
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
interface FieldOption {
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

const fieldOptions: Readonly<Record<EntityKind, readonly FieldOption[]>> = {
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

/** Declares the options that give fields of a kind their values. */
export function addFieldOptions(command: Command, kind: EntityKind): void {
  for (const option of fieldOptions[kind]) {
    const flags = option.names.map((name) => `--${name}`).join(', ');
    if (option.repeatable) command.option(`${flags} ${option.value}`, option.about, collect);
    else command.option(`${flags} ${option.value}`, option.about);
  }
  command.option('--reason <text>', 'why, kept as evidence; also what a blocked or pending status waits for');
}

/** Declares options that add to and take from the sets of a kind; without them an option replaces the whole set. */
export function addSetOptions(command: Command, kind: EntityKind): void {
  for (const option of fieldOptions[kind].filter(({ repeatable }) => repeatable)) {
    const name = option.names[0];
    command.option(`--add-${name} ${option.value}`, `add ${option.about}`, collect);
    command.option(`--remove-${name} ${option.value}`, `take away ${option.about}`, collect);
  }
}

/** The sets of `current` with what the options add and take away. @throws DtmError naming what is wrong */
export function changedSets(app: DtmApp, kind: EntityKind, current: Entity, values: FieldValues): Draft {
  const draft: Record<string, unknown> = {};
  for (const option of fieldOptions[kind].filter(({ repeatable }) => repeatable)) {
    const context = { app, option: option.names[0], projectId: undefined };
    const words = (prefix: string) =>
      splitWords([values[camelCase(`${prefix}-${option.names[0]}`)] ?? []].flat()).map((word) =>
        option.parse(word, context),
      );
    const [added, removed] = [words('add'), words('remove')];
    if (added.length + removed.length === 0) continue;
    const before = fieldValue(current, option.field) as readonly unknown[];
    draft[option.field] = [...new Set([...before, ...added])].filter((word) => !removed.includes(word));
  }
  return draft;
}

/** Gathers the values of a repeated option. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}

/** Replaces the wire names of fields in a text by the options that give them values. */
export function withOptionNames(text: string): string {
  const options = Object.values(fieldOptions).flat();
  const nameOf = (word: string) => options.find((option) => wireName(option.field) === word)?.names.at(-1);
  return text.replace(/[a-z]+(_[a-z]+)+/g, (word) => (nameOf(word) === undefined ? word : `--${nameOf(word)}`));
}

/** Options as commander gives them: by their camel-case names. */
export type FieldValues = Readonly<Record<string, string | readonly string[] | undefined>> & {
  readonly reason?: string;
};

/**
 * Reads field values from the options.
 * @param projectId the project of the entity where the options name none
 * @throws DtmError naming what is wrong
 */
export function draftFrom(app: DtmApp, kind: EntityKind, values: FieldValues, projectId?: string): Draft {
  const draft: Record<string, unknown> = {};
  for (const option of fieldOptions[kind]) {
    const name = option.names.at(-1) ?? '';
    const given = values[camelCase(name)];
    if (given === undefined) continue;
    const context = { app, option: name, projectId: (draft.projectId as string | undefined) ?? projectId };
    draft[option.field] = Array.isArray(given)
      ? splitWords(given).map((word) => option.parse(word, context))
      : option.parse(given as string, context);
  }
  return withReason(draft, values.reason);
}

/** A status that needs a reason takes the reason of the change where no other is given. */
function withReason(draft: Readonly<Record<string, unknown>>, reason: string | undefined): Draft {
  if (reason === undefined) return draft;
  if (draft.status === 'blocked') return { blockedReason: reason, ...draft };
  return draft.status === 'pending' ? { pendingReason: reason, ...draft } : draft;
}

function splitWords(given: readonly string[]): string[] {
  return given.flatMap((text) => text.split(',')).filter((word) => word !== '');
}

export function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
