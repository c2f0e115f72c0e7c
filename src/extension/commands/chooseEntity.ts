import { l10n } from 'vscode';
import type { TrackerService } from '../../app/trackerService.ts';
import { type Entity, type EntityByKind, labelOf } from '../../core/entity.ts';
import { DtmError } from '../../core/errors.ts';
import { type EntityKind, kindOfId } from '../../core/ids.ts';
import type { Choice, Person } from '../prompts/person.ts';
import { kindText, statusText } from '../views/words.ts';
import type { Target } from './commandTable.ts';

/** An entity with its kind. */
export type Chosen<K extends EntityKind = EntityKind> = {
  readonly [P in K]: { readonly kind: P; readonly entity: EntityByKind[P] };
}[K];

export interface ChooseOptions<K extends EntityKind> {
  readonly kinds: readonly K[];
  readonly title: string;
  /** Which entities come into question when the person has to choose. */
  readonly suits?: (entity: Entity) => boolean;
}

const mostChoices = 1_000;

/** The id in what a menu, a tree item or a link hands over, if there is one. */
export function idOfTarget(target: Target): string | undefined {
  if (typeof target === 'string') return target;
  const id = typeof target === 'object' && target !== null && 'id' in target ? target.id : undefined;
  return typeof id === 'string' ? id : undefined;
}

/**
 * The entity that a command is about: the one it was called on, else the one that the person chooses.
 * @throws DtmError `not-found` if it is gone meanwhile, `cancelled`
 */
export async function chooseEntity<K extends EntityKind>(
  tracker: TrackerService,
  person: Person,
  target: Target,
  options: ChooseOptions<K>,
): Promise<Chosen<K>> {
  const given = idOfTarget(target);
  const id = given ?? (await pickId(tracker, person, options));
  const kind = options.kinds.find((one) => one === kindOfId(id));
  if (kind === undefined) throw new DtmError('usage', l10n.t('{0} is not something that this command can work on', id));
  return { kind, entity: tracker.find(kind, id) } as Chosen<K>;
}

async function pickId<K extends EntityKind>(
  tracker: TrackerService,
  person: Person,
  { kinds, title, suits = () => true }: ChooseOptions<K>,
): Promise<string> {
  const lists = kinds.map((kind) => candidates(tracker, kind).filter((entity) => suits(entity)));
  const choices = lists.flatMap((list, index) => list.map((entity) => choiceOf(kinds[index] ?? 'task', entity)));
  if (choices.length === 0) {
    throw new DtmError('not-found', l10n.t('There is nothing yet that this command could work on'), {
      hint: l10n.t('Create something first.'),
    });
  }
  const left = choices.length - mostChoices;
  const placeholder =
    left > 0
      ? l10n.t('The {0} changed last; {1} more stand in the views', mostChoices, left)
      : l10n.t('Type to search');
  return person.pick({ title, placeholder, choices: choices.slice(0, mostChoices) });
}

function candidates(tracker: TrackerService, kind: EntityKind): readonly Entity[] {
  const sort = [{ field: 'updatedAt', descending: true }];
  return tracker.list(kind, { filter: {}, sort, offset: 0, limit: Number.MAX_SAFE_INTEGER }).items;
}

function choiceOf(kind: EntityKind, entity: Entity): Choice<string> {
  return {
    label: labelOf(entity),
    description: `${entity.id} · ${statusText(entity.status)}`,
    value: entity.id,
    group: kindText(kind),
  };
}
