import { l10n } from 'vscode';
import type { TrackerService } from '../../app/trackerService.ts';
import { type Entity, labelOf } from '../../core/entity.ts';
import { kindOfId } from '../../core/ids.ts';
import { type Intention, intentionOf } from '../../core/intention.ts';
import type { WaitingChange } from '../../core/waiting.ts';
import { firstLine } from '../views/escapeMarkdown.ts';
import { fieldText, kindText } from '../views/words.ts';
import { stoppedName, valueText } from './stoppedText.ts';

/** Reads names of what is there. */
export type Names = Pick<TrackerService, 'get'>;

/** What a person calls the entity, or called it before they deleted it. */
export function waitingName(tracker: Names, { entity, id, operations }: WaitingChange): string {
  const { image, deleted } = intentionOf(operations);
  const known: Entity | undefined = tracker.get(entity, id) ?? deleted ?? image;
  return known ? firstLine(labelOf(known), 80) : id;
}

/** What kind of change it comes to; the name of its sign, too. */
export type WaitingVerb = 'create' | 'restore' | 'delete' | 'change';

export function waitingVerb({ operations }: WaitingChange): WaitingVerb {
  const { image, deleted } = intentionOf(operations);
  if (deleted) return 'delete';
  if (!image) return 'change';
  return operations.some(({ kind }) => kind === 'create') ? 'create' : 'restore';
}

const verbTexts: Readonly<Record<Exclude<WaitingVerb, 'change'>, () => string>> = {
  create: () => l10n.t('is created'),
  restore: () => l10n.t('is brought back'),
  delete: () => l10n.t('is deleted'),
};

/** In a few words what will be changed, and behind what it waits. */
export function waitingSummary(change: WaitingChange): string {
  const verb = waitingVerb(change);
  const { scalars, lists } = intentionOf(change.operations);
  const what = verb === 'change' ? [...scalars.keys(), ...lists.keys()].map(fieldText).join(', ') : verbTexts[verb]();
  return change.behind ? l10n.t('{0} · waits for “{1}”', what, stoppedName(change.behind)) : what;
}

/** Every value that will be changed, from what to what, and why it waits. */
export function waitingDetails(tracker: Names, change: WaitingChange): string {
  const head = `${kindText(change.entity)} ${change.id}`;
  const verb = waitingVerb(change);
  const body = verb === 'change' ? fieldLines(tracker, intentionOf(change.operations)) : [verbTexts[verb]()];
  return [head, ...body, ...reasonLines(change)].join('\n');
}

function reasonLines({ behind }: WaitingChange): string[] {
  if (!behind) return [];
  const name = stoppedName(behind);
  return behind.state === 'conflict'
    ? [l10n.t('Waits until you decide about “{0}”, which others have changed, too.', name)]
    : [l10n.t('Waits until you decide about “{0}”, which the server refused.', name)];
}

function fieldLines(tracker: Names, { scalars, lists }: Intention): string[] {
  const shown = (field: string, value: unknown) => nameOfReference(tracker, value) ?? valueText(field, value);
  const single = [...scalars].map(([field, { from, to }]) =>
    l10n.t('{0}: {1} → {2}', fieldText(field), shown(field, from), shown(field, to)),
  );
  const sets = [...lists].map(([field, changes]) => {
    const signed = (sign: string, values: readonly unknown[]) => values.map((value) => sign + shown(field, value));
    const parts = changes.flatMap(({ add, remove }) => [...signed('+', add), ...signed('−', remove)]);
    return l10n.t('{0}: {1}', fieldText(field), parts.join(', '));
  });
  return [...single, ...sets];
}

/** Of a sprint, a project or a task that is referred to, its name. */
function nameOfReference(tracker: Names, value: unknown): string | undefined {
  const kind = typeof value === 'string' ? kindOfId(value) : undefined;
  const entity: Entity | undefined = kind && tracker.get(kind, String(value));
  return entity && firstLine(labelOf(entity), 80);
}
