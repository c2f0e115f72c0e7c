import type { Command } from 'commander';
import type { DtmApp } from '../../app/dtmApp.ts';
import { editableFields, isSetField } from '../../core/entity.ts';
import { DtmError } from '../../core/errors.ts';
import type { Resolution, Side } from '../../core/resolution.ts';
import { fieldChoices, type StoppedChange } from '../../core/stoppedChange.ts';
import { fieldOfWireName, wireName } from '../../core/wire.ts';
import { collect } from '../fieldOptions.ts';
import { fieldTable } from '../fieldTable.ts';

const shortestId = 4;

/** Finds a stopped change by its entity's id or a beginning of it, or by the end of the change's own id. */
export function findStopped(changes: readonly StoppedChange[], text: string, listing: string): StoppedChange {
  const found = changes.filter((change) => isAbout(change, text));
  const [first] = found;
  if (first && found.length === 1) return first;
  const problem = first ? `${text} could be ${found.length} different changes` : `nothing of ${text} is stopped`;
  throw new DtmError(first ? 'ambiguous-id' : 'not-found', problem, { hint: `See them with: ${listing}` });
}

/** Whether a person can mean this change by the text. */
export function isAbout({ id, operations }: StoppedChange, text: string): boolean {
  const wanted = text.toUpperCase();
  if (wanted.replace(/^[PST]-/, '').length < shortestId) return false;
  return id.startsWith(wanted) || operations.some(({ opId }) => opId.endsWith(wanted));
}

export interface ValueOptions {
  readonly value?: readonly string[];
}

export interface DecisionOptions extends ValueOptions {
  readonly mine?: boolean;
  readonly theirs?: boolean;
  readonly keepDeleted?: boolean;
  readonly bringBack?: boolean;
  readonly take?: readonly string[];
}

export function addValueOption(command: Command): Command {
  return command.option('--value <field=text>', 'give a field another value; repeat it for several', collect);
}

export function addDecisionOptions(command: Command): void {
  command
    .option('--mine', 'my values where both changed a field')
    .option('--theirs', 'the values of the others where both changed a field')
    .option('--take <field=side>', 'another side for one field, such as title=mine; repeat it for several', collect)
    .option('--keep-deleted', 'what one side deleted stays deleted')
    .option('--bring-back', 'what one side deleted is there again, with the edits of the other');
  addValueOption(command);
}

/**
 * The decision that the options name.
 * @throws DtmError `usage` where they name none, or two, or leave a field open
 */
export function decisionOf(
  app: DtmApp,
  change: StoppedChange,
  isDeletion: boolean,
  options: DecisionOptions,
): Resolution {
  const values = valuesOf(app, change, options);
  const fields = sidesOf(change, options.take ?? []);
  const side = isDeletion ? deletionSide(change, options) : chosenSide(options);
  if (side) return { side, fields, values };
  const open = fieldChoices(change).filter(({ contradicts }) => contradicts && !isDeletion);
  const left = open.filter(({ field }) => !Object.hasOwn(fields, field) && !Object.hasOwn(values, field));
  const isDecided = !isDeletion && Object.keys({ ...fields, ...values }).length > 0 && left.length === 0;
  if (isDecided) return { side: 'mine', fields, values };
  throw undecided(
    change,
    isDeletion,
    left.map(({ field }) => wireName(field)),
  );
}

function chosenSide({ mine, theirs, keepDeleted, bringBack }: DecisionOptions): Side | undefined {
  if (mine && theirs) throw contradictory('--mine', '--theirs');
  if (keepDeleted || bringBack) {
    throw new DtmError('usage', 'nothing was deleted here', { hint: 'Choose with --mine, --theirs or --take.' });
  }
  if (mine) return 'mine';
  return theirs ? 'theirs' : undefined;
}

function deletionSide(change: StoppedChange, options: DecisionOptions): Side | undefined {
  const { keepDeleted, bringBack, mine, theirs } = options;
  if ([keepDeleted, bringBack, mine, theirs].filter(Boolean).length > 1)
    throw contradictory('--keep-deleted', '--bring-back');
  if (mine) return 'mine';
  if (theirs) return 'theirs';
  if (!keepDeleted && !bringBack) return undefined;
  const deletedHere = change.operations.some(({ kind }) => kind === 'delete');
  return deletedHere === (keepDeleted === true) ? 'mine' : 'theirs';
}

function contradictory(one: string, other: string): DtmError {
  return new DtmError('usage', `${one} and ${other} contradict each other`, { hint: 'Leave one out.' });
}

function undecided({ id, problem }: StoppedChange, isDeletion: boolean, open: readonly string[]): DtmError {
  if (isDeletion) {
    return new DtmError('usage', `one side deleted ${id}, the other edited it`, {
      hint: `Decide with --keep-deleted or --bring-back; look at it with: cf_cli conflict show ${id}`,
    });
  }
  const what =
    open.length > 0 ? `both sides changed ${open.join(', ')}` : (problem?.message ?? `${id} is to be decided`);
  return new DtmError('usage', what, {
    hint: `Decide with --mine, --theirs or --take FIELD=mine; look at it with: cf_cli conflict show ${id}`,
  });
}

function sidesOf(change: StoppedChange, given: readonly string[]): Readonly<Record<string, Side>> {
  return Object.fromEntries(
    given.map((text) => {
      const [name, side] = split(text);
      if (side !== 'mine' && side !== 'theirs') {
        throw new DtmError('usage', `--take ${text} names no side`, { hint: `Write --take ${name}=mine or =theirs.` });
      }
      return [fieldNamed(change, name), side];
    }),
  );
}

/** Values of the person's own. @throws DtmError `usage`, `validation` */
export function valuesOf(app: DtmApp, change: StoppedChange, { value = [] }: ValueOptions): Record<string, unknown> {
  return Object.fromEntries(
    value.map((given) => {
      const [name, text] = split(given);
      const field = fieldNamed(change, name);
      return [field, parsed(app, change, field, text)];
    }),
  );
}

function parsed(app: DtmApp, { entity, current }: StoppedChange, field: string, text: string): unknown {
  const option = fieldTable[entity].find((one) => one.field === field);
  if (!option) return parsedJson(field, text);
  const projectId = current && 'projectId' in current ? current.projectId : undefined;
  const parse = (word: string) => option.parse(word, { app, option: `value ${wireName(field)}`, projectId });
  if (!isSetField(entity, field)) return parse(text);
  return text
    .split(',')
    .filter((word) => word !== '')
    .map(parse);
}

function parsedJson(field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DtmError('validation', `${wireName(field)} has to be JSON here`, {
      cause,
      hint: `Write it as cf_cli conflict show --json prints it.`,
    });
  }
}

function split(text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new DtmError('usage', `${text} is no FIELD=VALUE`, { hint: 'Write it as in title="A better title".' });
}

/** A field by its wire name, or the name of the option that gives it its value elsewhere. */
function fieldNamed({ entity }: StoppedChange, name: string): string {
  const word = name.replaceAll('-', '_');
  const byOption = fieldTable[entity].find(({ names }) => names.some((one) => one === name));
  const field = fieldOfWireName(entity, word) ?? byOption?.field;
  if (field !== undefined && editableFields(entity).includes(field)) return field;
  throw new DtmError('usage', `a ${entity} has no field ${name} that can be changed`, {
    hint: `Fields are: ${editableFields(entity).map(wireName).join(', ')}.`,
  });
}
