import { labelOf } from '../../core/entity.ts';
import { intentionOf } from '../../core/intention.ts';
import {
  type Contradiction,
  contradictionOf,
  type FieldChoice,
  fieldChoices,
  mySignature,
  type Signature,
  type StoppedChange,
  theirSignature,
} from '../../core/stoppedChange.ts';
import { wireName } from '../../core/wire.ts';
import { localTime } from '../freshness.ts';
import type { Colors } from '../output/colors.ts';
import type { Fields } from '../output/document.ts';
import { textOf } from '../output/entityView.ts';
import { keyValueLines } from '../output/keyValues.ts';
import { oneLine } from '../output/plainText.ts';
import type { Column } from '../output/table.ts';

/** What a person calls the entity, whoever has it still. */
export function nameOf(change: StoppedChange): string {
  const { image, deleted } = intentionOf(change.operations);
  const entity = change.current ?? image ?? deleted ?? change.lastSeen;
  return entity ? labelOf(entity) : '';
}

const kindTexts: Readonly<Record<Contradiction, string>> = {
  fields: 'edited here and by others',
  'deleted-there': 'edited here, deleted by others',
  'deleted-here': 'deleted here, edited by others',
  create: 'created here',
};

/** In a few words what stands against what: the fields that contradict, or which of the two deleted it. */
function contradictionText(change: StoppedChange): string {
  const kind = contradictionOf(change);
  if (kind !== 'fields') return kindTexts[kind];
  const fields = fieldChoices(change).filter(({ contradicts }) => contradicts);
  return fields.map(({ field }) => wireName(field)).join(', ') || (change.problem?.message ?? '');
}

/** The table of conflicts. */
export const conflictColumns: readonly Column<StoppedChange>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'WHAT', value: nameOf, whenNarrow: 'shrink' },
  { title: 'CONTRADICTS', value: contradictionText, whenNarrow: 'shrink' },
  { title: 'THEIRS BY', value: (change) => theirSignature(change)?.by ?? '', whenNarrow: 'omit' },
  { title: 'WHEN', value: whenOf, whenNarrow: 'omit' },
];

function whenOf(change: StoppedChange): string {
  const at = theirSignature(change)?.at;
  return at === undefined ? '' : localTime(at);
}

/** A stopped change for scripts. */
export function stoppedFields(change: StoppedChange): Fields {
  return {
    op_id: change.opId,
    state: change.state,
    entity: change.entity,
    id: change.id,
    name: nameOf(change),
    contradiction: contradictionOf(change).replace('-', '_'),
    mine: mySignature(change) ?? null,
    theirs: theirSignature(change) ?? null,
    problem: change.problem ?? null,
    fields: fieldChoices(change).map(({ field, ...rest }) => ({ field: wireName(field), ...rest })),
    together_with: change.companions.map(({ id }) => id),
    waiting: [...new Set(change.waiting.map(({ id }) => id))],
  };
}

/** A stopped change for people: a block for each field, so that any width will do. */
export function describeStopped(change: StoppedChange, colors: Colors): string {
  const kind = contradictionOf(change);
  const head = keyValueLines(
    [
      [change.entity, `${change.id}  ${nameOf(change)}`],
      ['change', change.opId],
      ['what', change.state === 'conflict' ? kindTexts[kind] : 'refused by the server'],
      ...(change.problem ? [['why', change.problem.message] as const] : []),
      ...signatureLines('mine', mySignature(change)),
      ...signatureLines('theirs', theirSignature(change)),
      ...idLines('together with', change.companions),
      ...idLines('waiting for it', change.waiting),
    ],
    colors,
  );
  const choices = fieldChoices(change);
  const isAlone = kind === 'create' && choices.length > 0;
  const blocks = isAlone ? [valueLines(choices, colors)] : choices.map((choice) => fieldBlock(choice, colors));
  return [head, ...blocks].join('\n\n');
}

/** What is nowhere else is compared with nothing. */
function valueLines(choices: readonly FieldChoice[], colors: Colors): string {
  return keyValueLines(
    choices.map(({ field, mine }) => [wireName(field), shown(mine)]),
    colors,
  );
}

function signatureLines(name: string, signature: Signature | undefined): (readonly [string, string])[] {
  return signature ? [[name, `${signature.by}, ${localTime(signature.at)}`]] : [];
}

function idLines(name: string, of: readonly { readonly id: string }[]): (readonly [string, string])[] {
  const ids = [...new Set(of.map(({ id }) => id))];
  return ids.length > 0 ? [[name, ids.join(', ')]] : [];
}

function fieldBlock(choice: FieldChoice, colors: Colors): string {
  const { field, base, mine, theirs, contradicts } = choice;
  const mark = contradicts ? '' : colors.dim('  (nobody else changed it: mine stands)');
  const line = (name: string, value: unknown, gone: string) =>
    `  ${colors.dim(name.padEnd(6))}  ${value === undefined ? colors.dim(gone) : shown(value)}`;
  return [
    `${colors.bold(wireName(field))}${mark}`,
    line('before', base, '(not there)'),
    line('mine', mine, '(deleted)'),
    line('theirs', theirs, '(not there)'),
  ].join('\n');
}

function shown(value: unknown): string {
  return oneLine(textOf(value)) || '(empty)';
}
