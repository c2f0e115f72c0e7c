import { isDtmError } from '../core/errors.ts';
import type { Logger, Notice } from '../core/ports.ts';
import { type BaseHeader, listBases, readBase, readBaseHeader, removeOldBases, writeBase } from './baseImage.ts';
import { operationsFirst } from './evidence/recordOrder.ts';
import type { Unrecorded } from './evidence/unrecorded.ts';
import type { Journal, Quarantined, Watermarks } from './journal.ts';
import { TrackerState } from './trackerState.ts';

/** A state that was read from disk, and what was wrong with the files. */
export interface Loaded {
  readonly state: TrackerState;
  readonly generation: number;
  readonly notices: readonly Notice[];
}

const noWatermarks: Watermarks = {};
const nothingRead = { records: [], quarantined: [] } as const;

/**
 * Reads base image and journal of a tracker: the newest image that is whole, and every segment from where the image
 * ends. If a newer image appears meanwhile (its writer may have archived what we were about to read), starts over.
 * @param unrecorded told of what the ledger does not know yet
 * @param isForLedger this process is about to write the ledger
 */
export async function loadTracker(
  folder: string,
  journal: Journal,
  logger: Logger,
  unrecorded: Unrecorded,
  isForLedger = false,
): Promise<Loaded> {
  for (;;) {
    const notices: Notice[] = [];
    const base = await newestBase(folder, notices);
    const state = base?.state ?? new TrackerState();
    journal.reset(base?.header.folded ?? noWatermarks);
    const recorded = await unrecorded.restart(isForLedger);
    const known = recorded ? await journal.readOn(true, recorded) : nothingRead;
    for (const record of known.records) state.fold(record);
    if (!recorded) unrecorded.begin(state);
    const news = await journal.readOn(true);
    for (const record of operationsFirst(news.records)) unrecorded.fold(state, record);
    const records = [...known.records, ...news.records];
    const quarantined = [...known.quarantined, ...news.quarantined];
    notices.push(...quarantined.map(noticeOf));
    // What was damaged may have held changes of the server: they are all asked for again.
    if (notices.some((one) => one.code.endsWith('-damaged'))) state.loadCursor(null, 0);
    const generation = base?.header.generation ?? 0;
    const newest = (await listBases(folder))[0];
    if ((newest?.generation ?? 0) <= generation || notices.some((one) => one.code === 'base-damaged')) {
      logger.info('tracker.loaded', { generation, records: records.length, pending: state.pending.length });
      return { state, generation, notices };
    }
  }
}

async function newestBase(
  folder: string,
  notices: Notice[],
): Promise<{ header: BaseHeader; state: TrackerState } | undefined> {
  for (const name of await listBases(folder)) {
    try {
      const base = await readBase(folder, name.file);
      if (base) return base;
    } catch (error) {
      if (!isDtmError(error) && !(error instanceof SyntaxError)) throw error;
      notices.push(damagedBase(folder, name.file));
    }
  }
  return undefined;
}

/**
 * Writes a new base image and moves the segments that it makes superfluous out of the way.
 * @param beforeItCounts what has to be on disk before the image is
 */
export async function foldTracker(
  folder: string,
  journal: Journal,
  state: TrackerState,
  place: { generation: number; fence: number },
  beforeItCounts: () => Promise<void>,
): Promise<void> {
  await journal.forgetArchived();
  const marks = journal.watermarks();
  const previous = (await listBases(folder))[0];
  const before = previous && (await readBaseHeader(folder, previous.file).catch(() => undefined));
  await writeBase(folder, state, place, marks, beforeItCounts);
  // A segment goes only if the image before covers it too: should the new one turn out damaged, nothing is lost.
  if (before) await journal.archive([before.folded, marks]);
  await removeOldBases(folder);
}

function damagedBase(folder: string, file: string): Notice {
  return {
    code: 'base-damaged',
    message: `the base image ${file} is damaged`,
    hint: 'The image before it and the journal are used instead; synchronise to be sure that all is there.',
    file: folder,
  };
}

/** What to tell the person about a line that could not be read. */
export function noticeOf(found: Quarantined): Notice {
  if (found.kind === 'torn') {
    return {
      code: 'journal-torn',
      message: `the last line of the journal ${found.segment} was cut off when its process died`,
      hint: 'It was never reported as saved, so nothing is lost; repeat the change if it is missing.',
    };
  }
  return {
    code: 'journal-damaged',
    message: `a line of the journal ${found.segment} (byte ${found.offset}) is damaged and was set aside`,
    hint: `Everything else is intact. The line is kept in ${found.file ?? 'quarantine'}.`,
    ...(found.file === undefined ? {} : { file: found.file }),
  };
}
