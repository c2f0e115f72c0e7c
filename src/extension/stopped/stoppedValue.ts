import { l10n } from 'vscode';
import type { DtmApp } from '../../app/dtmApp.ts';
import { type Entity, fieldValue } from '../../core/entity.ts';
import { intentionOf } from '../../core/intention.ts';
import { enumValues } from '../../core/query.ts';
import type { FieldChoice, StoppedChange } from '../../core/stoppedChange.ts';
import { fieldProblem, fromInput, toInput } from '../commands/fieldInput.ts';
import type { Choice, Person } from '../prompts/person.ts';
import { everything } from '../views/everything.ts';
import { compareSprints } from '../views/ordering.ts';
import { fieldText } from '../views/words.ts';
import { stoppedTitle } from './stoppedText.ts';

/** Whether a value of the person's own can be typed or chosen: not what one line cannot hold. */
export function canBeAsked({ mine, theirs }: FieldChoice): boolean {
  return [mine, theirs].every(isOneLine);
}

function isOneLine(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((part) => typeof part === 'string');
  if (typeof value === 'object' && value !== null) return false;
  return typeof value !== 'string' || !/[\r\n]/.test(value);
}

/** Asks for another value of a field; it is checked while it is typed. @throws DtmError `cancelled` */
export async function askOtherValue(
  app: DtmApp,
  person: Person,
  change: StoppedChange,
  { field, mine }: FieldChoice,
): Promise<unknown> {
  const title = stoppedTitle(change);
  const choices = valueChoices(app, change, field);
  if (choices) return person.pick({ title, placeholder: fieldText(field), choices, preselected: mine });
  const text = await person.text({
    title,
    prompt: fieldText(field),
    value: toInput(field, mine),
    validate: (typed) => fieldProblem(change.entity, field, typed),
  });
  return fromInput(change.entity, field, text);
}

function valueChoices({ tracker }: DtmApp, change: StoppedChange, field: string): Choice<unknown>[] | undefined {
  if (field === 'projectId') return everything(tracker, 'project').map(({ name, id }) => ({ label: name, value: id }));
  if (field === 'sprintId') {
    const sprints = [...tracker.sprintsOf(projectOf(change))].sort(compareSprints);
    const none = { label: l10n.t('Backlog'), value: null };
    return [...sprints.map(({ name, id }) => ({ label: name, value: id })), none];
  }
  return enumValues(change.entity, field)?.map((value) => ({ label: value, value }));
}

function projectOf({ current, lastSeen, operations }: StoppedChange): string {
  const entity: Entity | undefined = current ?? intentionOf(operations).image ?? lastSeen;
  return entity ? String(fieldValue(entity, 'projectId')) : '';
}
