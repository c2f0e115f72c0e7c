import { resolve } from 'node:path';
import { l10n } from 'vscode';
import type { DtmApp } from '../../app/dtmApp.ts';
import type { ImportPlan } from '../../app/importing.ts';
import type { Person } from '../prompts/person.ts';
import { countText } from '../views/words.ts';
import { addressProblem } from './connect.ts';
import { ensureSignedIn } from './signIn.ts';

/** Brings what another server holds into this tracker: shown first, and done only with a yes. */
export async function askAndImport(app: DtmApp, person: Person, suggested: string): Promise<void> {
  const source = await person.text({
    title: l10n.t('Import from a Server or a Folder'),
    prompt: l10n.t('Address of a server, or the folder with the CSV files of an older tracker'),
    value: suggested,
    validate: (text) => (isAddress(text) ? addressProblem(text) : undefined),
  });
  const isServer = isAddress(source);
  if (isServer) await ensureSignedIn(app, person, source);
  const read = () => (isServer ? app.planImport(source) : app.planFileImport(resolve(app.folder ?? '', source.trim())));
  const plan = await person.wait(l10n.t('Reading {0}…', source), read);
  if (plan.entities.length === 0) {
    const problems = problemsText(plan);
    await person.inform(problems || l10n.t('Everything that {0} holds is here already.', plan.origin));
    return;
  }
  await person.confirm(questionOf(plan));
  await person.wait(l10n.t('Importing from {0}…', plan.origin), () => app.runImport(plan));
  if (app.binding.current) await app.syncNow();
}

/** Whatever else is typed is a path; relative ones begin in the workspace folder. */
function isAddress(text: string): boolean {
  return /^\s*https?:/i.test(text);
}

function questionOf(plan: ImportPlan) {
  const { origin, server, toCreate, known, adjusted, areExports } = plan;
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
    areExports ? l10n.t('The files are copies of a database, which may know more than they do.') : '',
    problemsText(plan),
    adjusted > 0 ? l10n.t('{0} lack something that is required here, and get it.', adjusted) : '',
  ];
  return {
    message: l10n.t('Import from {0}?', origin),
    detail: lines.filter((line) => line !== '').join('\n'),
    action: l10n.t('Import'),
    isGrave: false,
  };
}

function problemsText({ problems }: ImportPlan): string {
  const [first] = problems;
  if (!first) return '';
  const where = `${first.file}:${first.line}${first.column === undefined ? '' : `, ${first.column}`}`;
  return l10n.t('Not taken over, or not whole: {0}. The first: {1}: {2}', problems.length, where, first.message);
}
