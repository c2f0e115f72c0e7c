import { l10n } from 'vscode';
import { type Entity, editableFields, fieldValue, labelOf } from '../../core/entity.ts';
import { intentionOf } from '../../core/intention.ts';
import {
  type Contradiction,
  contradictionOf,
  type FieldChoice,
  fieldChoices,
  type StoppedChange,
} from '../../core/stoppedChange.ts';
import { toInput } from '../commands/fieldInput.ts';
import { firstLine } from '../views/escapeMarkdown.ts';
import { fieldText, kindText } from '../views/words.ts';

/** What a person calls the entity, whoever has it still. */
export function stoppedName(change: StoppedChange): string {
  const { image, deleted } = intentionOf(change.operations);
  const entity = change.current ?? image ?? deleted ?? change.lastSeen;
  return firstLine(entity ? labelOf(entity) : change.id, 80);
}

const kindTexts: Readonly<Record<Contradiction, () => string>> = {
  fields: () => l10n.t('edited here and by others'),
  'deleted-there': () => l10n.t('edited here, deleted by others'),
  'deleted-here': () => l10n.t('deleted here, edited by others'),
  create: () => l10n.t('created here'),
};

/** In a few words what is to be decided. */
export function stoppedSummary(change: StoppedChange): string {
  if (change.state === 'rejected') return l10n.t('refused');
  const fields = fieldChoices(change).filter(({ contradicts }) => contradicts);
  const kind = contradictionOf(change);
  const names = fields.map(({ field }) => fieldText(field)).join(', ');
  return kind === 'fields' && names !== '' ? names : kindTexts[kind]();
}

/** The title of every question about it. */
export function stoppedTitle(change: StoppedChange): string {
  return l10n.t('Decide: {0} “{1}”', kindText(change.entity), stoppedName(change));
}

/** A value as it is shown in a choice; undefined is what is not there. */
export function valueText(field: string, value: unknown): string {
  if (value === undefined) return l10n.t('(deleted)');
  const isPlain = !Array.isArray(value) || value.every((part) => typeof part === 'string');
  const text = typeof value === 'object' && value !== null && !isPlain ? JSON.stringify(value) : toInput(field, value);
  return text === '' ? l10n.t('(empty)') : firstLine(text, 120);
}

/** One side of a stopped change as a text that can be compared line by line; empty where it is deleted. */
export function versionText(change: StoppedChange, side: 'mine' | 'theirs'): string {
  const entity = side === 'theirs' ? change.current : mine(change);
  if (!entity) return '';
  return editableFields(change.entity)
    .map((field) => `${fieldText(field)}\n${indented(fieldValue(entity, field))}`)
    .join('\n');
}

function mine(change: StoppedChange): Entity | undefined {
  const { image, deleted } = intentionOf(change.operations);
  if (deleted) return undefined;
  const seen = change.current ?? change.lastSeen ?? image;
  const values = fieldChoices(change).map(({ field, mine: value }: FieldChoice) => [field, value]);
  return seen && ({ ...seen, ...Object.fromEntries(values) } as Entity);
}

function indented(value: unknown): string {
  const lines =
    typeof value === 'object' && value !== null ? listLines(value) : String(value ?? '').split(/\r\n|\r|\n/);
  return lines.map((line) => `    ${line}\n`).join('');
}

function listLines(value: object): string[] {
  const parts: unknown[] = Array.isArray(value) ? value : Object.entries(value);
  return parts.length > 0 ? parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))) : [''];
}
