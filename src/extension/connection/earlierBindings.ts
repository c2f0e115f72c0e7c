import { l10n } from 'vscode';
import type { CopyPlan } from '../../app/copying.ts';
import type { DtmApp } from '../../app/dtmApp.ts';
import type { TrackerSummary, Waiting } from '../../app/trackers.ts';
import { dialectNames } from '../../core/dialect.ts';
import type { Choice, Person } from '../prompts/person.ts';
import { countText, fieldText } from '../views/words.ts';
import { signIn } from './signIn.ts';

/**
 * Lets the person choose among the servers that the workspace belonged to and others.
 * @returns the one that was chosen; undefined: another server, or there are no earlier ones
 */
export async function chooseEarlier(app: DtmApp, person: Person): Promise<TrackerSummary | undefined> {
  const earlier = (await app.binding.list()).filter(({ binding, isPresent }) => binding && !isPresent);
  if (earlier.length === 0) return undefined;
  const another = { label: l10n.t('Another Server…'), icon: 'plug', value: undefined };
  return person.pick<TrackerSummary | undefined>({
    title: l10n.t('Connect to a Server'),
    placeholder: l10n.t('Go back to an earlier connection, or connect to another server'),
    choices: [...earlier.map(choiceOf), another],
  });
}

/** Goes back to an earlier connection as it was left, whether its server is there or not. */
export async function goBackTo(app: DtmApp, person: Person, { name, binding, content }: TrackerSummary): Promise<void> {
  if (!binding) return;
  const { origin, account } = binding;
  const present = app.binding.current;
  const lines = [
    l10n.t('Account: {0}', account),
    content ? (waitingText(content.waiting) ?? '') : '',
    present ? setAsideText(present.origin, app.status) : l10n.t('What is only on this machine stays there.'),
  ];
  await person.confirm({
    message: l10n.t('Connect this workspace to {0} again?', origin),
    detail: lines.filter((line) => line !== '').join('\n'),
    action: l10n.t('Connect'),
    isGrave: false,
  });
  await person.wait(l10n.t('Connecting to {0}…', origin), () => app.binding.returnTo(name));
  if (app.status.connection.kind !== 'signed-out') return;
  await signIn(app, person, origin);
  await app.syncNow();
}

/** What becomes of the connection of now, and how much of it has not been sent. */
export function setAsideText(origin: string, waiting: Waiting): string {
  const text = l10n.t('What belongs to {0} is set aside and comes back when you connect to it.', origin);
  const waits = waitingText(waiting);
  return waits === undefined ? text : `${text} ${waits}`;
}

/** Copies what another connection of this workspace holds into the present one: shown first, done only with a yes. */
export async function askAndCopy(app: DtmApp, person: Person): Promise<void> {
  const others = (await app.binding.list()).filter(({ isPresent, content }) => !isPresent && isFilled(content));
  if (others.length === 0) {
    void person.inform(l10n.t('This workspace has no other connection that holds anything.'));
    return;
  }
  const { name } = await person.pick({
    title: l10n.t('Copy from Another Connection'),
    placeholder: l10n.t('Where to copy projects, sprints and tasks from'),
    choices: others.map(choiceOf),
  });
  const plan = await person.wait(l10n.t('Comparing…'), () => app.planCopy(name));
  if (plan.entities.length === 0) {
    void person.inform(l10n.t('Everything that {0} holds is here already, or was deleted here.', sourceOf(plan)));
    return;
  }
  await person.confirm(copyQuestion(plan));
  await person.wait(l10n.t('Copying…'), () => app.runCopy(plan));
  if (app.binding.current) await app.syncNow();
}

function choiceOf(tracker: TrackerSummary): Choice<TrackerSummary> {
  const { binding, content, problem } = tracker;
  const amount = content && countText('task', content.counts.tasks);
  const waits = content && binding ? waitingText(content.waiting) : undefined;
  return {
    label: binding?.origin ?? l10n.t('Only on this machine'),
    description: binding ? `${binding.account} · ${dialectNames[binding.dialect]}` : undefined,
    detail: problem ?? [amount, waits].filter((part) => part !== undefined).join(' · '),
    icon: binding ? 'plug' : 'database',
    value: tracker,
  };
}

function isFilled(content: TrackerSummary['content']): boolean {
  return content === undefined || content.counts.projects + content.counts.sprints + content.counts.tasks > 0;
}

/** Undefined if nothing waits. */
function waitingText({ pending, conflicts, rejected }: Waiting): string | undefined {
  const count = pending + conflicts + rejected;
  if (count === 0) return undefined;
  return count === 1 ? l10n.t('1 change was not sent yet.') : l10n.t('{0} changes were not sent yet.', count);
}

function copyQuestion(plan: CopyPlan) {
  const { toCreate, known, homeless, adjusted, unsupported } = plan;
  const lines = [
    l10n.t(
      'Created here: {0}, {1}, {2}.',
      countText('project', toCreate.projects),
      countText('sprint', toCreate.sprints),
      countText('task', toCreate.tasks),
    ),
    known > 0 ? l10n.t('{0} are here already, and are left as they are.', known) : '',
    homeless > 0 ? l10n.t('{0} are left out, because their project was deleted here.', homeless) : '',
    adjusted > 0 ? l10n.t('{0} are fitted to what is here (references, what is required).', adjusted) : '',
    ...unsupported.map(({ kind, field, count }) =>
      l10n.t('Only in this workspace: {0} of {1}.', fieldText(field), countText(kind, count)),
    ),
  ];
  return {
    message: l10n.t('Copy from {0}?', sourceOf(plan)),
    detail: lines.filter((line) => line !== '').join('\n'),
    action: l10n.t('Copy'),
    isGrave: false,
  };
}

function sourceOf({ from: { binding } }: CopyPlan): string {
  return binding ? `${binding.origin} (${binding.account})` : l10n.t('the tracker that is only on this machine');
}
