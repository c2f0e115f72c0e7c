import type { Command } from 'commander';
import type { DtmApp } from '../app/dtmApp.ts';
import type { Draft } from '../core/draft.ts';
import { type Entity, fieldValue } from '../core/entity.ts';
import type { EntityKind } from '../core/ids.ts';
import { wireName } from '../core/wire.ts';
import { fieldTable } from './fieldTable.ts';

/** Declares the options that give fields of a kind their values. */
export function addFieldOptions(command: Command, kind: EntityKind): void {
  for (const option of fieldTable[kind]) {
    const flags = option.names.map((name) => `--${name}`).join(', ');
    if (option.repeatable) command.option(`${flags} ${option.value}`, option.about, collect);
    else command.option(`${flags} ${option.value}`, option.about);
  }
  command.option('--reason <text>', 'why, kept as evidence; also what a blocked or pending status waits for');
}

/** Declares options that add to and take from the sets of a kind; without them an option replaces the whole set. */
export function addSetOptions(command: Command, kind: EntityKind): void {
  for (const option of fieldTable[kind].filter(({ repeatable }) => repeatable)) {
    const name = option.names[0];
    command.option(`--add-${name} ${option.value}`, `add ${option.about}`, collect);
    command.option(`--remove-${name} ${option.value}`, `take away ${option.about}`, collect);
  }
}

/** The sets of `current` with what the options add and take away. @throws DtmError naming what is wrong */
export function changedSets(app: DtmApp, kind: EntityKind, current: Entity, values: FieldValues): Draft {
  const draft: Record<string, unknown> = {};
  for (const option of fieldTable[kind].filter(({ repeatable }) => repeatable)) {
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
  const options = Object.values(fieldTable).flat();
  const nameOf = (word: string) => options.find((option) => wireName(option.field) === word)?.names.at(-1);
  return text.replace(/[a-z]+(_[a-z]+)+/g, (word) => (nameOf(word) === undefined ? word : `--${nameOf(word)}`));
}

/** Options as commander gives them: by their camel-case names. */
export type FieldValues = Readonly<Record<string, string | readonly string[] | undefined>> & {
  readonly reason?: string;
  readonly override?: readonly string[];
};

/**
 * Reads field values from the options.
 * @param projectId the project of the entity where the options name none
 * @throws DtmError naming what is wrong
 */
export function draftFrom(app: DtmApp, kind: EntityKind, values: FieldValues, projectId?: string): Draft {
  const draft: Record<string, unknown> = {};
  for (const option of fieldTable[kind]) {
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
