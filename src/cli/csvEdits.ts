import type { DtmApp } from '../app/dtmApp.ts';
import { type CsvAnswer, type CsvReport, hasCsvQuestion, type StaleRow } from '../core/csvEdits.ts';
import { type Entity, labelOf } from '../core/entity.ts';
import { systemCode } from '../core/errors.ts';
import type { Output } from './output/output.ts';
import { counted, oneLine } from './output/plainText.ts';
import type { Prompts } from './prompts.ts';

const shownEntries = 5;

/**
 * Takes in what was done to the CSV files since the last command. What only a person can say is asked, if there is one;
 * otherwise nothing is deleted and nothing of unknown origin taken over.
 */
export async function takeInEdits(app: DtmApp, output: Output, prompts: Prompts): Promise<void> {
  try {
    await app.takeInCsv();
  } catch (error) {
    // Where the state cannot be written, whoever wants to write hears of it; looking goes on.
    if (systemCode(error) === undefined) throw error;
    output.note(`edits of the CSV files were not taken in: ${systemCode(error)}`);
    return;
  }
  const report = app.status.csv;
  if (!hasCsvQuestion(report)) return;
  // While something else is wrong in the files they are left as they are: nothing can be written back yet.
  const hasErrors = report.problems.some(({ severity }) => severity === 'error');
  if (hasErrors && !prompts.canAsk) return;
  const answer = prompts.canAsk ? await ask(report, output, prompts) : unasked(report, output);
  await giveAnswer(app, answer, output);
}

/** Settles, and says what could not be done. */
export async function giveAnswer(app: DtmApp, answer: CsvAnswer, output: Output): Promise<void> {
  for (const { entity, reason } of await app.answerCsv(answer))
    output.note(`${entity.id} ${oneLine(labelOf(entity))} was not deleted: ${reason}`);
}

async function ask(report: CsvReport, output: Output, prompts: Prompts): Promise<CsvAnswer> {
  const { missing, stale } = report;
  if (missing.length > 0) output.note(missingLines(missing).join('\n'));
  const gone = missing.length === 1 ? 'the entry whose row is' : `the ${missing.length} entries whose rows are`;
  const isDeletion = missing.length > 0 && (await prompts.choose(`Delete ${gone} gone?`));
  if (stale.length > 0) output.note(staleLines(stale).join('\n'));
  const rows = counted(stale.length, 'row');
  const isTaken = stale.length > 0 && (await prompts.choose(`Take over what stands in ${rows} of unknown age?`));
  return { missing: isDeletion ? 'delete' : 'keep', stale: isTaken ? 'take' : 'discard', of: report };
}

function unasked(report: CsvReport, output: Output): CsvAnswer {
  const { missing, stale } = report;
  if (missing.length > 0) {
    const rows = counted(missing.length, 'row');
    output.note(`${rows} gone from the CSV files: written back, nothing was deleted`);
    output.hint('To delete, use cf_cli task delete, or remove the rows and run a command in a terminal.');
  }
  if (stale.length > 0) {
    const lines = staleLines(stale).join('\n');
    output.note(`${lines}\nnot taken over: nobody could be asked; your version of the file is kept aside`);
  }
  return { missing: 'keep', stale: 'discard', of: report };
}

/** Which rows are gone. */
export function missingLines(entities: readonly Entity[]): string[] {
  const shown = entities.slice(0, shownEntries).map((entity) => `  ${entity.id} ${oneLine(labelOf(entity))}`);
  return ['gone from the CSV files:', ...shown, ...more(entities.length)];
}

function staleLines(rows: readonly StaleRow[]): string[] {
  const shown = rows
    .slice(0, shownEntries)
    .map((row) => `  line ${row.line}: ${row.id} ${oneLine(row.label)} (${row.fields.join(', ')})`);
  return ['copied from a state that is not known any more:', ...shown, ...more(rows.length)];
}

function more(count: number): string[] {
  return count > shownEntries ? [`  and ${count - shownEntries} more`] : [];
}
