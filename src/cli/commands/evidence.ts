import type { Command } from 'commander';
import type { EvidenceCheck } from '../../app/dtmApp.ts';
import type { Invocation } from '../invocation.ts';
import { ExitCode } from '../output/exitCodes.ts';
import { keyValueLines } from '../output/keyValues.ts';
import { counted } from '../output/plainText.ts';
import { perform, type Runtime } from '../perform.ts';

export function buildEvidence(noun: Command, runtime: Runtime): void {
  const verify = noun
    .command('verify')
    .description('recompute the whole record, and name the first line that is wrong');
  perform(verify, runtime, verifyEvidence);
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
