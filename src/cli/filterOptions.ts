import type { Command } from 'commander';
import type { DtmApp } from '../app/dtmApp.ts';
import { DtmError } from '../core/errors.ts';
import type { EntityKind } from '../core/ids.ts';
import { filtersOf, parseFilter, parseSort, type Query } from '../core/query.ts';
import { camelCase, collect } from './fieldOptions.ts';
import { activeSprints, idOf, personNamed } from './references.ts';

export interface ListOptions {
  readonly sort?: string;
  readonly limit?: string;
  readonly offset?: string;
  readonly all?: boolean;
}

type Given = Readonly<Record<string, unknown>>;

/** The option of each filter whose name differs from `--its-name`. */
const optionNames: Readonly<Record<string, string>> = {
  project_id: 'project',
  sprint_id: 'sprint',
  parent_id: 'parent',
  q: 'search',
};
const switches: ReadonlySet<string> = new Set(['overdue']);
const references: Readonly<Record<string, EntityKind>> = {
  project_id: 'project',
  sprint_id: 'sprint',
  parent_id: 'task',
};
const people: ReadonlySet<string> = new Set(['owner', 'assignee']);

function optionName(filter: string): string {
  return optionNames[filter] ?? filter.replaceAll('_', '-');
}

/** Declares an option for every filter that lists of this kind know; a comma means "or". */
export function addFilterOptions(command: Command, kind: EntityKind): void {
  for (const filter of filtersOf(kind)) {
    const name = optionName(filter);
    if (switches.has(filter)) command.option(`--${name}`, 'only what is overdue');
    else if (filter === 'has_sprint') command.option(`--${name} <yes>`, 'true or false');
    else command.option(`--${name} <value>`, aboutFilter(filter), collect);
  }
  command
    .option('--sort <fields>', 'fields to sort by, `-` before one for descending, such as -priority,due_at')
    .option('--limit <count>', 'at most so many (default: 50 in a table, else all)')
    .option('--offset <count>', 'leave out so many first')
    .option('--all', 'no limit');
}

function aboutFilter(filter: string): string {
  if (filter === 'q') return 'words that begin a word of its title, description or id';
  if (filter === 'sprint_id') return 'of this sprint (`current`: the active ones, `none`)';
  if (people.has(filter)) return 'of this person (`me`: you)';
  return filter.endsWith('_before') || /_(after|since)$/.test(filter)
    ? 'a day or moment'
    : 'one or several, with commas';
}

const limitOfTables = 50;

/**
 * The query that the options of a list ask for.
 * @throws DtmError `validation` for an unknown word, `usage` for a wrong number
 */
export function queryFrom(app: DtmApp, kind: EntityKind, options: ListOptions & Given, isTable: boolean): Query {
  const limit = options.all ? undefined : options.limit;
  const unlimited = options.all || !isTable ? Number.POSITIVE_INFINITY : limitOfTables;
  return {
    filter: parseFilter(kind, filterTexts(app, kind, options)),
    sort: parseSort(kind, options.sort ?? ''),
    limit: limit === undefined ? unlimited : wholeNumber('limit', limit, 1),
    offset: options.offset === undefined ? 0 : wholeNumber('offset', options.offset, 0),
  };
}

function filterTexts(app: DtmApp, kind: EntityKind, options: Given): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const filter of filtersOf(kind)) {
    const given = options[camelCase(optionName(filter))];
    if (given === undefined) continue;
    const text = Array.isArray(given) ? given.join(filter === 'q' ? ' ' : ',') : String(given);
    if (filter === 'sprint_id' && text === 'none') texts.has_sprint = 'false';
    else texts[filter] = resolved(app, filter, text, texts.project_id);
  }
  return texts;
}

/** Words that stand for something else are replaced: `me`, `current`, prefixes of ids. */
function resolved(app: DtmApp, filter: string, text: string, projectId: string | undefined): string {
  const kind = references[filter];
  const replace = (part: string): readonly string[] => {
    if (people.has(filter)) return [personNamed(app, part)];
    if (!kind) return [part];
    return kind === 'sprint' && part === 'current' ? currentSprints(app, projectId) : [idOf(app, kind, part)];
  };
  return text
    .split(',')
    .filter((part) => part !== '')
    .flatMap(replace)
    .join(',');
}

function currentSprints(app: DtmApp, projectId: string | undefined): string[] {
  const sprints = activeSprints(app, projectId);
  if (sprints.length > 0) return sprints.map((sprint) => sprint.id);
  throw new DtmError('not-found', 'there is no active sprint', {
    hint: 'Start one with: cf_cli sprint update ID --status active',
  });
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value;
  throw new DtmError('usage', `--${option} is not a whole number of at least ${least}: ${text}`, {
    hint: `Write it as --${option} 20.`,
  });
}
