import type { DtmApp } from '../../../app/dtmApp.ts';
import type { Written } from '../../../app/trackerService.ts';
import { DtmError } from '../../../core/errors.ts';
import type { EntityKind } from '../../../core/ids.ts';
import type { Invocation } from '../../invocation.ts';
import { fieldNames, summarise, wireFields } from '../../output/entityView.ts';
import { ExitCode } from '../../output/exitCodes.ts';
import { counted } from '../../output/plainText.ts';

/** What a writing command says while it waits. */
export const storing = 'waiting for the server';

/**
 * Prints what a writing command did, and says where it has arrived.
 * @param verb what happened to the entity, in the past tense
 * @returns the exit code: `queued` where `--require-sync` wanted more
 */
export async function presentWritten(
  call: Invocation,
  app: DtmApp,
  kind: EntityKind,
  id: string,
  verb: string,
  written: Written,
): Promise<number> {
  const { output, options } = call;
  const names = fieldNames(kind, options.fields);
  const fields = written.entity && wireFields(kind, written.entity, names);
  const what = written.entity ? summarise(written.entity, output.colors) : id;
  const also =
    written.alsoChanged > 0 && !written.entity ? `, and ${counted(written.alsoChanged, 'other change')} with it` : '';
  const text = written.changed ? `${verb} ${what}${also}` : `unchanged ${what}`;
  const shortfall = options.requireSync ? syncShortfall(written, app) : undefined;
  await output.item({ kind, id, fields, text, warnings: written.warnings }, call.provenance(app), shortfall);
  if (shortfall) output.error(shortfall, { document: false, stack: undefined });
  else if (written.arrival === 'queued') output.note(queuedText(app));
  if (!shortfall) return ExitCode.ok;
  return written.arrival === 'queued' ? ExitCode.queued : ExitCode.configuration;
}

function queuedText(app: DtmApp): string {
  return `queued: ${reasonOf(app)}; it is stored here and will be sent with the next sync`;
}

function syncShortfall(written: Written, app: DtmApp): DtmError | undefined {
  if (written.arrival === 'acknowledged') return undefined;
  if (written.arrival === 'local') {
    return new DtmError('not-bound', 'stored here only: this workspace belongs to no server', {
      hint: 'Bind it with: cf_cli bind http://localhost:8000',
    });
  }
  return new DtmError('offline', `stored here, but not on the server yet: ${reasonOf(app)}`, {
    hint: 'Send it with: cf_cli sync run',
  });
}

function reasonOf(app: DtmApp): string {
  const { kind, reason } = app.status.connection;
  if (kind === 'signed-out') return reason ?? 'nobody is signed in';
  return reason ?? 'the server has not answered yet';
}
