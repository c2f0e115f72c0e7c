import type { Notice } from '../../core/ports.ts';
import type { Lease } from '../lease.ts';
import type { SharedState } from '../sharedState.ts';
import type { TrackerOptions } from '../trackerOptions.ts';
import { unmarkBehind } from './behindMarker.ts';
import { evidenceMeansOf } from './evidenceMeans.ts';
import { evidencePlaceOf } from './evidencePlace.ts';
import { ledgerFolder } from './ledgerLines.ts';
import { LedgerWriter } from './ledgerWriter.ts';
import { type OpenedLedger, openLedger } from './openLedger.ts';

/** Opens the ledger for the process that has just become the lease holder, and has it told what it lacks. */
export async function beginLedger(
  options: TrackerOptions,
  shared: SharedState,
  lease: Lease,
): Promise<{ readonly writer: LedgerWriter; readonly notices: readonly Notice[] }> {
  const { evidence, clock, logger, newName, account } = options;
  const folder = ledgerFolder(options.folder);
  const means = await evidenceMeansOf(evidence.stateHome);
  const opened = await openLedger(options.folder, means);
  const writer = new LedgerWriter(
    {
      folder,
      means,
      clock,
      logger,
      newName,
      account,
      surface: evidence.surface,
      place: evidencePlaceOf(evidence, clock),
      watermarks: () => shared.journal.watermarks(),
      gone: () => shared.gone,
      onComplete: () => unmarkBehind(options.folder),
      mayWrite: () => lease.isHeld(),
    },
    opened,
  );
  await shared.recordIn(writer, opened);
  return { writer, notices: noticesOf(opened, folder) };
}

function noticesOf({ damage }: OpenedLedger, file: string): Notice[] {
  if (!damage) return [];
  return [
    {
      code: 'evidence-damaged',
      message: `the evidence ledger is damaged: ${damage.file}, line ${damage.line} breaks the law of ${damage.law}`,
      hint: 'Your data are not concerned. The damage is recorded, and what happens from now on is recorded behind it.',
      file,
    },
  ];
}

/** What to tell the person where nothing can be recorded. */
export function cannotRecord(folder: string, error: unknown): Notice {
  return {
    code: 'evidence-not-written',
    message: `what happens is not recorded in the evidence ledger: ${error instanceof Error ? error.message : error}`,
    hint: 'Your changes are saved all the same, and are recorded as soon as the ledger can be written again.',
    file: ledgerFolder(folder),
  };
}
