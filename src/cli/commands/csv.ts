import { relative } from 'node:path';
import type { Command } from 'commander';
import type { DtmApp } from '../../app/dtmApp.ts';
import { type CsvAnswer, type CsvReport, hasCsvQuestion } from '../../core/csvEdits.ts';
import { labelOf } from '../../core/entity.ts';
import { DtmError } from '../../core/errors.ts';
import { giveAnswer, missingLines } from '../csvEdits.ts';
import type { Invocation } from '../invocation.ts';
import { ExitCode } from '../output/exitCodes.ts';
import { counted } from '../output/plainText.ts';
import type { Column } from '../output/table.ts';
import { perform, type Runtime } from '../perform.ts';

export function buildCsv(noun: Command, runtime: Runtime): void {
  const check = noun.command('check').description('take in what was edited, and list what cannot be, with its lines');
  perform(check, runtime, checkCsv);
  const decide = noun
    .command('decide')
    .description('settle what only you can say')
    .option('--keep-missing', 'write back the rows that are gone')
    .option('--delete-missing', 'delete the entries whose rows are gone')
    .option('--discard-older', 'discard what stands in rows of unknown age')
    .option('--take-older', 'take over what stands in rows of unknown age');
  perform<DecideOptions>(decide, runtime, decideCsv);
}

export function buildTrust(noun: Command, runtime: Runtime): void {
  perform(noun, runtime, trustFolder);
}

/** Something about the files that is wrong, or that only a person can decide. */
interface Finding {
  readonly path: string | null;
  readonly line: number | null;
  readonly column: string | null;
  readonly severity: 'error' | 'warning' | 'question';
  readonly id: string | null;
  readonly message: string;
}

function findingsOf({ problems, missing, stale, untrusted }: CsvReport): readonly Finding[] {
  const question = { column: null, severity: 'question' } as const;
  return [
    ...problems.map(({ path, line, column = null, severity, message }) => ({
      path,
      line,
      column,
      severity,
      id: null,
      message,
    })),
    ...missing.map((entity) => {
      const message = `${entity.id} (${labelOf(entity)}) is gone: --keep-missing or --delete-missing?`;
      return { ...question, path: null, line: null, id: entity.id, message };
    }),
    ...stale.map(({ path, line, id, fields }) => {
      const message = `${id} is of unknown age (${fields.join(', ')}): --discard-older or --take-older?`;
      return { ...question, path, line, id, message };
    }),
    ...untrusted.map((path) => ({ ...question, path, line: null, id: null, message: 'not read before it is trusted' })),
  ];
}

const columns: readonly Column<Finding>[] = [
  { title: 'FILE', value: ({ path }) => (path === null ? '' : fileName(path)) },
  { title: 'LINE', value: ({ line }) => String(line ?? '') },
  { title: 'COLUMN', value: ({ column }) => column ?? '' },
  { title: 'WHAT', value: ({ message }) => message },
];

async function checkCsv(call: Invocation): Promise<number> {
  const app = await openWithFiles(call);
  const report = app.status.csv;
  const rows = findingsOf(report);
  await call.output.list<Finding>(
    {
      kind: 'csv-problem',
      rows,
      total: rows.length,
      columns,
      fieldsOf: (finding) => ({ ...finding }),
      fieldNames: ['path', 'line', 'column', 'severity', 'id', 'message'],
      idOf: ({ path, line }) => `${path ?? ''}:${line ?? ''}`,
      whenEmpty: 'nothing is wrong in the CSV files',
      moreHint: '',
    },
    call.provenance(app),
  );
  const isOpen = hasCsvQuestion(report) || report.untrusted.length > 0;
  return isOpen || report.problems.some(({ severity }) => severity === 'error') ? ExitCode.invalid : ExitCode.ok;
}

interface DecideOptions {
  readonly keepMissing?: boolean;
  readonly deleteMissing?: boolean;
  readonly discardOlder?: boolean;
  readonly takeOlder?: boolean;
}

async function decideCsv(call: Invocation, options: DecideOptions): Promise<void> {
  const answer = answerOf(options);
  const app = await openWithFiles(call);
  const { missing, stale } = app.status.csv;
  if (answer.missing === 'delete' && missing.length > 0) {
    call.output.note(missingLines(missing).join('\n'));
    await call.prompts.confirm(`Delete what is gone from the CSV files (${counted(missing.length, 'row')})?`);
  }
  await giveAnswer(app, { ...answer, of: app.status.csv }, call.output);
  const left = app.status.csv;
  const fields = {
    missing: missing.map((entity) => ({ id: entity.id, name: labelOf(entity) })),
    older: stale.map(({ id, line }) => ({ id, line })),
    decided: answer,
  };
  const open = left.missing.length + left.stale.length;
  const text = open === 0 ? 'decided; nothing is left to say' : `decided; ${counted(open, 'row')} left to decide about`;
  await call.output.item({ kind: 'csv', id: '', fields, text }, call.provenance(app));
}

function answerOf({ keepMissing, deleteMissing, discardOlder, takeOlder }: DecideOptions): CsvAnswer {
  const none = !keepMissing && !deleteMissing && !discardOlder && !takeOlder;
  if (none || (keepMissing && deleteMissing) || (discardOlder && takeOlder)) {
    throw new DtmError('usage', none ? 'nothing is decided' : 'these options contradict each other', {
      hint: 'Give one of --keep-missing and --delete-missing, or of --discard-older and --take-older.',
    });
  }
  return {
    ...(keepMissing || deleteMissing ? { missing: deleteMissing ? 'delete' : 'keep' } : {}),
    ...(discardOlder || takeOlder ? { stale: takeOlder ? 'take' : 'discard' } : {}),
  };
}

async function trustFolder(call: Invocation): Promise<void> {
  const app = await call.openOnly();
  const { folder } = app;
  if (folder === undefined) throw noFolder();
  await call.prompts.confirm(`Read the CSV files of ${folder}? What stands there becomes part of your data.`);
  await app.trustCsv();
  const counts = ['project', 'sprint', 'task'] as const;
  const here = counts.map((kind) => counted(app.tracker.count(kind), kind)).join(', ');
  await call.output.item(
    { kind: 'trust', id: '', fields: { folder, trusted: true }, text: `${folder} is trusted: ${here}` },
    call.provenance(app),
  );
}

/** @throws DtmError where there are no files, or another process keeps them */
async function openWithFiles(call: Invocation): Promise<DtmApp> {
  const app = await call.openOnly();
  if (app.folder === undefined) throw noFolder();
  const isOurs = await app.takeInCsv();
  const { otherAccount } = app.status.connection;
  if (otherAccount !== undefined) {
    throw new DtmError(
      'forbidden',
      `nothing was taken in: ${otherAccount} is signed in, and not the account of this workspace`,
      {
        hint: `Sign in with the other account, or bind the workspace again for ${otherAccount}.`,
      },
    );
  }
  if (isOurs) return app;
  throw new DtmError('conflict', 'another process has this workspace open and looks after its CSV files', {
    hint: 'See the Problems and the Sync view of the editor that has it open, or close it.',
  });
}

function noFolder(): DtmError {
  return new DtmError('no-workspace', 'the personal workspace has no CSV files', {
    hint: 'Go to a folder, or name one with -C.',
  });
}

function fileName(path: string): string {
  return relative(process.cwd(), path) || path;
}
