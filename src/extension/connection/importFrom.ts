import { l10n } from 'vscode';
import type { DtmApp } from '../../app/dtmApp.ts';
import type { ImportPlan } from '../../app/importing.ts';
import type { Person } from '../prompts/person.ts';
import { countText } from '../views/words.ts';
import { addressProblem } from './connect.ts';
import { ensureSignedIn } from './signIn.ts';

/** Brings what another server holds into this tracker: shown first, and done only with a yes. */
export async function askAndImport(app: DtmApp, person: Person, suggested: string): Promise<void> {
  const origin = await person.text({
    title: l10n.t('Import from a Server'),
    prompt: l10n.t('Address of the server to read everything from'),
    value: suggested,
    validate: addressProblem,
  });
  await ensureSignedIn(app, person, origin);
  const plan = await person.wait(l10n.t('Reading {0}…', origin), () => app.planImport(origin));
  if (plan.entities.length === 0) {
    await person.inform(l10n.t('Everything that {0} holds is here already.', plan.origin));
    return;
  }
  await person.confirm(questionOf(plan));
  await person.wait(l10n.t('Importing from {0}…', plan.origin), () => app.runImport(plan));
  if (app.binding.current) await app.syncNow();
}

function questionOf({ origin, server, toCreate, known, adjusted }: ImportPlan) {
  const { projects, sprints, tasks } = toCreate;
  const lines = [
    l10n.t('This is {0}.', server),
    l10n.t(
      'Created here: {0}, {1}, {2}.',
      countText('project', projects),
      countText('sprint', sprints),
      countText('task', tasks),
    ),
    known > 0 ? l10n.t('{0} are here already, and are left as they are.', known) : '',
    adjusted > 0 ? l10n.t('{0} lack something that is required here, and get it.', adjusted) : '',
  ];
  return {
    message: l10n.t('Import from {0}?', origin),
    detail: lines.filter((line) => line !== '').join('\n'),
    action: l10n.t('Import'),
    isGrave: false,
  };
}
