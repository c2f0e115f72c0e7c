import { resolve } from 'node:path';
import { l10n } from 'vscode';
import type { DtmApp } from '../../app/dtmApp.ts';
import type { ImportPlan } from '../../app/importing.ts';
import type { FileCounts, MadeProject } from '../../core/foreignTable.ts';
import type { Person } from '../prompts/person.ts';
import { countText } from '../views/words.ts';
import { addressProblem } from './connect.ts';
import { ensureSignedIn } from './signIn.ts';

/** A question is read; a list is not. */
const linesShown = 5;

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
    await person.inform(nothingText(plan));
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

function nothingText(plan: ImportPlan): string {
  const { origin, files, problems } = plan;
  const nothing = files.some(({ skipped }) => skipped > 0)
    ? l10n.t('There is nothing to create from {0}.', origin)
    : l10n.t('Everything that {0} holds is here already.', origin);
  return [nothing, ...(problems.length > 0 ? files.map(fileText) : []), ...problemLines(plan)].join(' ');
}

function questionOf(plan: ImportPlan) {
  const { origin, server, toCreate, known, adjusted } = plan;
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
    findingsText(plan),
  ];
  return {
    message: l10n.t('Import from {0}?', origin),
    detail: lines.filter((line) => line !== '').join('\n'),
    action: l10n.t('Import'),
    isGrave: false,
  };
}

/** What a person should know of the files before they decide. */
function findingsText(plan: ImportPlan): string {
  const { authority, madeProjects, files } = plan;
  const lines = [
    ...files.map(fileText),
    ...(authority.sentinel === null
      ? []
      : [
          l10n.t(
            '{0} says that a database has the authority: the files are read-only copies of it and may be older. They are only read.',
            authority.sentinel,
          ),
        ]),
    ...authority.exports.map((file) =>
      l10n.t('{0} is a copy of what an API answered; there may be newer data there.', file),
    ),
    ...madeProjects.slice(0, linesShown).map(madeText),
    ...moreText(madeProjects.length),
    ...problemLines(plan),
  ];
  return lines.join('\n');
}

function fileText({ file, rows, created, unchanged, different, gone, skipped }: FileCounts): string {
  const parts: readonly (readonly [number, string])[] = [
    [created, l10n.t('{0} to create', created)],
    [unchanged, l10n.t('{0} here already', unchanged)],
    [different, l10n.t('{0} here with other values, which stay', different)],
    [gone, l10n.t('{0} deleted or refused here before', gone)],
    [skipped, l10n.t('{0} skipped', skipped)],
  ];
  const said = parts.filter(([count]) => count > 0).map(([, text]) => text);
  return l10n.t('{0}, rows: {1}. {2}', file, rows, said.join(', '));
}

function madeText({ id, sprints, tasks, isForHomeless }: MadeProject): string {
  const naming = [
    ...(sprints > 0 ? [countText('sprint', sprints)] : []),
    ...(tasks > 0 ? [countText('task', tasks)] : []),
  ].join(', ');
  if (isForHomeless) return l10n.t('Without a project: {0}. {1} will be made for them.', naming, id);
  return l10n.t('Project {0} has no row and will be made. It is named by: {1}.', id, naming);
}

function problemLines({ problems }: ImportPlan): string[] {
  if (problems.length === 0) return [];
  const shown = problems.slice(0, linesShown).map(({ file, line, column, message }) => {
    const where = `${file}${line === undefined ? '' : `:${line}`}`;
    return `${where}${column === undefined ? '' : `, ${column}`}: ${message}`;
  });
  return [l10n.t('Not taken over, or not whole: {0}.', problems.length), ...shown, ...moreText(problems.length)];
}

function moreText(count: number): string[] {
  return count > linesShown
    ? [l10n.t('… and {0} more: cf_cli import --dry-run --json lists all of them.', count - linesShown)]
    : [];
}
