import { l10n } from 'vscode';
import type { BindingPlan } from '../../app/binding.ts';
import type { DtmApp } from '../../app/dtmApp.ts';
import { serverOrigin } from '../../app/serverAddress.ts';
import { isDtmError } from '../../core/errors.ts';
import type { Person } from '../prompts/person.ts';
import { countText } from '../views/words.ts';
import { chooseEarlier, goBackTo, setAsideText } from './earlierBindings.ts';
import { limitTexts } from './serverLimits.ts';
import { ensureSignedIn } from './signIn.ts';

/** Connects the workspace to a server that the person names, or goes back to an earlier one. */
export async function askAndConnect(app: DtmApp, person: Person, suggested: string): Promise<void> {
  const earlier = await chooseEarlier(app, person);
  if (earlier) return goBackTo(app, person, earlier);
  const given = await person.text({
    title: l10n.t('Connect to a Server'),
    prompt: l10n.t('Address of the DTM server'),
    value: app.binding.current?.origin ?? suggested,
    validate: addressProblem,
  });
  const origin = serverOrigin(given);
  const account = await ensureSignedIn(app, person, origin);
  await connectTo(app, person, origin, account.isNameOnly ? await askName(person, account.username) : account.username);
}

/** In which name to act where nobody signs in. */
async function askName(person: Person, suggested: string): Promise<string> {
  const name = await person.text({
    title: l10n.t('Connect to a Server'),
    prompt: l10n.t('Nobody signs in to this server. Under which name do you act there?'),
    value: suggested,
    validate: (text) => (text.trim() === '' ? l10n.t('Something must stand here.') : undefined),
  });
  return name.trim();
}

/**
 * Binds the workspace to a server where somebody is signed in: shown once, and done only with a yes.
 * @param account to act as; default: who signed in last
 */
export async function connectTo(app: DtmApp, person: Person, origin: string, account?: string): Promise<void> {
  const plan = await app.binding.plan(origin, { account });
  if (!plan.alreadyBound) await person.confirm(questionOf(plan, app));
  if (plan.alreadyBound && app.binding.current?.origin === plan.origin) return;
  await person.wait(l10n.t('Connecting to {0}…', plan.origin), async () => app.binding.bind(plan));
}

function questionOf(plan: BindingPlan, app: DtmApp) {
  const { projects, sprints, tasks } = plan.toCreate;
  const present = app.binding.current;
  const lines = [
    ...(plan.dialect === 'dtm' ? [] : [l10n.t('This is {0}.', plan.server), ...limitTexts(plan.capabilities)]),
    l10n.t('Account: {0}', plan.account),
    projects + sprints + tasks > 0
      ? l10n.t(
          'Created there from this workspace: {0}, {1}, {2}.',
          countText('project', projects),
          countText('sprint', sprints),
          countText('task', tasks),
        )
      : l10n.t('Nothing of this workspace has to be created there.'),
    present ? setAsideText(present.origin, app.status) : '',
  ];
  return {
    message: l10n.t('Connect this workspace to {0}?', plan.origin),
    detail: lines.filter((line) => line !== '').join('\n'),
    action: l10n.t('Connect'),
    isGrave: false,
  };
}

/** What is wrong with an address, while it is typed. */
export function addressProblem(text: string): string | undefined {
  try {
    serverOrigin(text);
    return undefined;
  } catch (error) {
    return isDtmError(error) ? (error.hint ?? error.message) : String(error);
  }
}
