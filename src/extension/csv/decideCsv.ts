import { l10n } from 'vscode';
import type { DtmApp } from '../../app/dtmApp.ts';
import type { CsvAnswer } from '../../core/csvEdits.ts';
import { labelOf } from '../../core/entity.ts';
import type { AppHost } from '../appHost.ts';
import type { CommandTable } from '../commands/commandTable.ts';
import type { Person } from '../prompts/person.ts';
import { firstLine } from '../views/escapeMarkdown.ts';

export interface CsvContext {
  readonly host: AppHost;
  readonly person: Person;
}

/** Deciding about edits of the CSV files that only a person can understand. */
export function csvCommands({ host, person }: CsvContext): Pick<CommandTable, 'dtm.decideCsv'> {
  return { 'dtm.decideCsv': async () => decideCsv(await host.ready(), person) };
}

async function decideCsv(app: DtmApp, person: Person): Promise<void> {
  const { missing, stale } = app.status.csv;
  if (missing.length + stale.length === 0) {
    void person.inform(l10n.t('There is nothing to decide about the CSV files.'));
    return;
  }
  const shown = app.status.csv;
  const answer = await person.pick<CsvAnswer>({
    title: l10n.t('Edits of the CSV Files'),
    placeholder: l10n.t('What is to become of them?'),
    choices: [...(missing.length > 0 ? missingChoices(app) : []), ...(stale.length > 0 ? staleChoices(app) : [])],
  });
  await answerCsv(app, person, { ...answer, of: shown });
}

/** Carries a decision out; a deletion is confirmed first. */
export async function answerCsv(app: DtmApp, person: Person, answer: CsvAnswer): Promise<void> {
  const missing = answer.of?.missing ?? [];
  if (answer.missing === 'delete') {
    await person.confirm({
      message:
        missing.length === 1
          ? l10n.t('Delete what is gone from the file?')
          : l10n.t('Delete {0} entries?', missing.length),
      detail: namesOf(app),
      action: l10n.t('Delete'),
      isGrave: true,
    });
  }
  for (const { entity, reason } of await app.answerCsv(answer))
    void person.warn(l10n.t('“{0}” was not deleted: {1}', firstLine(labelOf(entity), 80), reason));
}

const namesShown = 10;

function namesOf(app: DtmApp): string {
  const { missing } = app.status.csv;
  const names = missing.slice(0, namesShown).map((entity) => `${entity.id} ${firstLine(labelOf(entity), 80)}`);
  const more = missing.length - names.length;
  return [...names, ...(more > 0 ? [l10n.t('and {0} more', more)] : [])].join('\n');
}

function missingChoices(app: DtmApp) {
  const detail = namesOf(app).replaceAll('\n', ' · ');
  const count = app.status.csv.missing.length;
  return [
    {
      label: count === 1 ? l10n.t('Write the Row Back') : l10n.t('Write {0} Rows Back', count),
      detail,
      value: { missing: 'keep' },
      icon: 'discard',
    },
    {
      label: count === 1 ? l10n.t('Delete the Entry…') : l10n.t('Delete {0} Entries…', count),
      detail,
      value: { missing: 'delete' },
      icon: 'trash',
    },
  ] as const;
}

function staleChoices(app: DtmApp) {
  const { stale } = app.status.csv;
  const detail = stale
    .slice(0, namesShown)
    .map(({ id, fields }) => `${id} (${fields.join(', ')})`)
    .join(' · ');
  return [
    {
      label: l10n.t('Discard Rows of Unknown Age ({0})', stale.length),
      detail,
      value: { stale: 'discard' },
      icon: 'discard',
    },
    {
      label: l10n.t('Take Over Rows of Unknown Age ({0})', stale.length),
      detail,
      value: { stale: 'take' },
      icon: 'check',
    },
  ] as const;
}
