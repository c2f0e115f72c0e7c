import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { DtmError } from '../../core/errors.ts';
import type { ForeignFile, ForeignLayout, ForeignProblem, ForeignRow, ForeignSource } from '../../core/foreignTable.ts';
import { entityKinds } from '../../core/ids.ts';
import { undefinedIfMissing } from '../files.ts';
import { beginningOf, readForeignTable } from './foreignCsv.ts';

/** In the order in which they are read: what rows refer to comes before them. */
const trackerFiles: readonly ForeignFile[] = entityKinds.map((kind) => ({ name: `${kind}s.csv`, layout: kind }));
/** Where a person may mean the files to be: in the folder that was named, or where the older tools keep them below it. */
const places = ['', 'csv', join('trackers', 'csv')] as const;
/** Says, in `trackers/`, that a database has the truth and the files are copies of it. */
const sentinelName = 'DB_AUTHORITY.SENTINEL';
/** A file with this column is a list of tickets, whatever it is called. */
const ticketColumn = 'ticket id';

type Take = (file: ForeignFile, row: ForeignRow) => void;
interface Located extends ForeignFile {
  readonly path: string;
}
interface Found {
  readonly files: readonly Located[];
  readonly problems: readonly ForeignProblem[];
}

/**
 * Reads the CSV files of an older tracker, and writes nothing.
 * @param path its folder, the folder of a project that has it in `trackers/csv`, or one of its files
 * @param take gets each row as soon as it is read, projects first, then sprints, tasks and tickets
 * @throws DtmError `not-found` if there are no such files, `cannot-read`
 */
export async function readLegacyFiles(path: string, take: Take): Promise<ForeignSource> {
  const found = await findFiles(path);
  const tables = [];
  for (const { path: at, ...file } of found.files)
    tables.push(await readForeignTable(at, file, (row) => take(file, row)));
  const folder = dirname(found.files[0]?.path ?? path);
  return {
    folder,
    files: tables.map(({ read }) => read),
    problems: [...found.problems, ...tables.flatMap(({ problems }) => problems)],
    sentinel: await sentinelAt(folder),
  };
}

async function sentinelAt(folder: string): Promise<string | null> {
  for (const path of [join(folder, sentinelName), join(dirname(folder), sentinelName)])
    if ((await kindOfPath(path)) !== 'missing') return path;
  return null;
}

/** @throws DtmError `not-found` */
async function findFiles(path: string): Promise<Found> {
  if ((await kindOfPath(path)) === 'file') return { files: [await namedFile(path)], problems: [] };
  const problems: ForeignProblem[] = [];
  let tracker: readonly Located[] = [];
  const tickets: Located[] = [];
  for (const place of places) {
    const folder = join(path, place);
    const found = tracker.length === 0 ? await trackerFilesIn(folder) : { files: [], problems: [] };
    tracker = tracker.length === 0 ? found.files : tracker;
    problems.push(...found.problems);
    tickets.push(...(await ticketFilesIn(folder)));
  }
  const files = [...tracker, ...tickets];
  if (files.length === 0) throw nothingThere(path, problems);
  return { files, problems };
}

async function trackerFilesIn(folder: string): Promise<Found> {
  const files: Located[] = [];
  const problems: ForeignProblem[] = [];
  for (const file of trackerFiles) {
    const path = join(folder, file.name);
    const kind = await kindOfPath(path);
    if (kind === 'file') files.push({ ...file, path });
    if (kind === 'folder') problems.push({ file: file.name, message: isFolder });
    if (kind === 'other') problems.push({ file: file.name, message: 'this is no ordinary file: it was not read' });
  }
  return { files, problems };
}

const isFolder = 'a folder of this name stands where the file is expected: nothing was read from it';

async function ticketFilesIn(folder: string): Promise<Located[]> {
  const names = await readdir(folder).catch(undefinedIfNoFolder);
  const found: Located[] = [];
  for (const name of (names ?? []).sort()) {
    const path = join(folder, name);
    if (!/\.csv$/i.test(name) || trackerFiles.some((file) => file.name === name)) continue;
    if ((await kindOfPath(path)) !== 'file') continue;
    // Nobody asked for this one: it need not be readable.
    if (await holdsTickets(path).catch(() => false)) found.push({ name, layout: 'ticket', path });
  }
  return found;
}

/** A file that the person named. @throws DtmError `not-found` if its rows are none that are known */
async function namedFile(path: string): Promise<Located> {
  const name = basename(path);
  const layout: ForeignLayout | undefined =
    trackerFiles.find((file) => file.name === name)?.layout ?? ((await holdsTickets(path)) ? 'ticket' : undefined);
  if (layout) return { name, layout, path };
  throw new DtmError('not-found', `${path} is no file of a tracker`, {
    hint: 'Name a tasks.csv, sprints.csv or projects.csv, a CSV file with a column “Ticket ID”, or the folder with them.',
  });
}

/** @throws DtmError `cannot-read` */
async function holdsTickets(path: string): Promise<boolean> {
  const beginning = await beginningOf(path);
  try {
    const [header] = parse(beginning, { bom: true, to: 1, relax_column_count: true, comment: '###' });
    return header?.some((name) => name.trim().toLowerCase() === ticketColumn) ?? false;
  } catch {
    // What cannot be parsed has no such column.
    return false;
  }
}

function nothingThere(path: string, problems: readonly ForeignProblem[]): DtmError {
  const folders = problems.map(({ file, message }) => `; ${file}: ${message}`).join('');
  return new DtmError('not-found', `there is no tasks.csv, sprints.csv or projects.csv in ${path}${folders}`, {
    hint: 'Name the folder that they are in, such as trackers/csv, or a CSV file of tickets.',
  });
}

async function kindOfPath(path: string): Promise<'file' | 'folder' | 'other' | 'missing'> {
  const found = await stat(path).catch(undefinedIfNoFolder);
  if (!found) return 'missing';
  if (found.isFile()) return 'file';
  return found.isDirectory() ? 'folder' : 'other';
}

function undefinedIfNoFolder(error: unknown): undefined {
  // A part of the path may be a file.
  if ((error as NodeJS.ErrnoException).code !== 'ENOTDIR') undefinedIfMissing(error);
}
