import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { DtmApp, EvidenceCheck } from '../../app/dtmApp.ts';
import { DtmError, isDtmError } from '../../core/errors.ts';
import type { EvidenceRecord } from '../../core/evidence/record.ts';
import { entityKinds, kindOfId } from '../../core/ids.ts';
import { localTime } from '../freshness.ts';
import type { Invocation } from '../invocation.ts';
import { ExitCode } from '../output/exitCodes.ts';
import { keyValueLines } from '../output/keyValues.ts';
import { counted } from '../output/plainText.ts';
import type { Column } from '../output/table.ts';
import { perform, type Runtime } from '../perform.ts';

export function buildEvidence(noun: Command, runtime: Runtime): void {
  const verify = noun
    .command('verify')
    .description('recompute the whole record, and name the first line that is wrong');
  perform(verify, runtime, verifyEvidence);
  const list = noun
    .command('list')
    .alias('ls')
    .description('who did what, why, when, from where, and what became of it; the newest last')
    .argument('[id]', 'only what is about this project, sprint or task')
    .option('--limit <count>', 'at most so many, the newest (default: 50)');
  perform<ListOptions>(list, runtime, listEvidence);
  const copy = noun
    .command('export')
    .description('copy the record into a folder, such as one of the repository; again to bring it up to date')
    .argument('<folder>');
  perform(copy, runtime, exportEvidence);
}

interface ListOptions {
  readonly limit?: string;
}

const usualLimit = 50;

const columns: readonly Column<EvidenceRecord>[] = [
  { title: 'WHEN', value: ({ at }) => localTime(at) },
  { title: 'WHO', value: ({ actor }) => actor },
  { title: 'WHAT', value: whatOf, whenNarrow: 'shrink' },
  { title: 'BECAME', value: ({ outcome }) => outcome },
  { title: 'FROM', value: ({ surface }) => surface, whenNarrow: 'omit' },
  { title: 'WHY', value: ({ cof }) => reasonOf(cof.intent), whenNarrow: 'shrink' },
];

async function listEvidence(call: Invocation, { limit }: ListOptions, [text]: readonly string[]): Promise<void> {
  const app = await call.openOnly();
  const about = text === undefined ? undefined : idAbout(app, text);
  const { records, total } = await app.evidence.list(about, countOf(limit));
  await call.output.list<EvidenceRecord>(
    {
      kind: 'evidence',
      rows: records,
      total,
      columns,
      fieldsOf: (record) => ({ ...record }),
      fieldNames: [
        ...['seq', 'at', 'actor', 'surface', 'action', 'entity', 'id', 'outcome', 'op_id', 'correlation_id'],
        ...['duration_ms', 'before_hash', 'after_hash', 'changes', 'cof', 'gates', 'prev', 'hash'],
      ],
      idOf: ({ hash }) => hash,
      whenEmpty: about === undefined ? 'nothing is recorded yet' : `nothing is recorded about ${about}`,
      moreHint: 'see more with --limit',
    },
    call.provenance(app),
  );
}

/** The id that is meant; something that is gone can be named by its whole id. */
function idAbout(app: DtmApp, text: string): string {
  const kind = kindOfId(text);
  for (const one of kind ? [kind] : entityKinds) {
    try {
      return app.tracker.find(one, text).id;
    } catch (error) {
      if (!isDtmError(error, 'not-found')) throw error;
    }
  }
  if (kind) return text;
  throw new DtmError('not-found', `there is nothing with the id ${text}`, {
    hint: 'Of something that was deleted give the whole id; see everything with: cf_cli evidence list',
  });
}

function countOf(limit: string | undefined): number {
  const count = limit === undefined ? usualLimit : Number(limit);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new DtmError('usage', `--limit must be a whole number from 1 on, not ${limit}`, {
    hint: 'Such as --limit 100.',
  });
}

function whatOf({ action, entity, id, changes }: EvidenceRecord): string {
  const fields = Object.keys(changes);
  return `${action} ${entity} ${id}${fields.length === 0 ? '' : ` (${fields.join(', ')})`}`;
}

/** The dimension `intent` ends with the reason that the person gave. */
function reasonOf(intent: string): string {
  const reason = intent.slice(intent.lastIndexOf('; reason: ') + '; reason: '.length);
  return reason === 'none given' ? '' : reason;
}

async function exportEvidence(call: Invocation, _options: object, [folder = '']: readonly string[]): Promise<void> {
  const app = await call.openOnly();
  const copied = await app.evidence.export(resolve(folder));
  const text = `copied ${counted(copied.files.length, 'file')} to ${copied.folder}`;
  const fields = { folder: copied.folder, files: [...copied.files], bytes: copied.bytes };
  await call.output.item({ kind: 'evidence', id: copied.folder, fields, text }, call.provenance(app));
}

async function verifyEvidence(call: Invocation): Promise<number> {
  const app = await call.openOnly();
  const check = await call.output.waiting('verifying the record', app.evidence.verify());
  const { ok, records, head, fault, remarks, unrecorded } = check;
  const fields = {
    ok,
    records,
    head,
    fault: fault ?? null,
    remarks: [...remarks],
    unrecorded: unrecorded ?? null,
    folder: check.folder,
  };
  const text = keyValueLines(linesOf(check), call.output.colors);
  await call.output.item({ kind: 'evidence', id: head.hash, fields, text }, call.provenance(app));
  for (const { file, line, message } of remarks) call.output.note(`${file}, line ${line}: ${message}`);
  if (unrecorded !== 0) call.output.note(untold(unrecorded));
  return ok ? ExitCode.ok : ExitCode.invalid;
}

function linesOf({ ok, fault, records, head, folder }: EvidenceCheck): (readonly [string, string])[] {
  const wrong = fault && `${fault.file}, line ${fault.line}: ${fault.message}`;
  return [
    ['verified', ok ? 'every record holds' : `NOT: the law of ${fault?.law} is broken`],
    ...(wrong === undefined ? [] : [['first fault', wrong] as const]),
    ['records', String(records)],
    ['head', head.seq === 0 ? 'none' : `${head.seq} ${head.hash}`],
    ['folder', folder],
  ];
}

function untold(unrecorded: number | undefined): string {
  const what = unrecorded === undefined ? 'how much is newer than the record is not known' : newer(unrecorded);
  return `${what}; the process that has this workspace open, or the next command that changes something, records it`;
}

function newer(count: number): string {
  return `${counted(count, 'happening')} ${count === 1 ? 'is' : 'are'} newer than the record`;
}
