import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DtmError } from '../../core/errors.ts';
import type { ForeignProblem, ForeignRow, ForeignTables } from '../../core/foreignTable.ts';
import { type EntityKind, entityKinds } from '../../core/ids.ts';
import { undefinedIfMissing } from '../files.ts';
import { readForeignTable } from './foreignCsv.ts';

const fileNames: Readonly<Record<EntityKind, string>> = {
  project: 'projects.csv',
  sprint: 'sprints.csv',
  task: 'tasks.csv',
};
/** Where a person may mean the files to be: in the folder that was named, or where the older tools keep them below it. */
const places = ['', 'csv', join('trackers', 'csv')] as const;
/** Says, in `trackers/`, that a database has the truth and the files are copies of it. */
const sentinel = 'DB_AUTHORITY.SENTINEL';

/**
 * Reads the CSV files of an older tracker, and writes nothing.
 * @param path its folder, the folder of a project that has it in `trackers/csv`, or one of its files
 * @throws DtmError `not-found` if there are no such files, `cannot-read`
 */
export async function readLegacyFiles(path: string): Promise<ForeignTables> {
  const files = await findFiles(path);
  const rows: Record<EntityKind, readonly ForeignRow[]> = { project: [], sprint: [], task: [] };
  const problems: ForeignProblem[] = [];
  let areExports = false;
  for (const [kind, file] of files) {
    const table = await readForeignTable(file);
    rows[kind] = table.rows;
    problems.push(...table.problems);
    areExports ||= table.isExport;
  }
  const folder = dirname([...files.values()][0] ?? path);
  const marked = [join(folder, sentinel), join(dirname(folder), sentinel)].map(isFile);
  return { folder, rows, problems, areExports: areExports || (await Promise.all(marked)).includes(true) };
}

async function findFiles(path: string): Promise<ReadonlyMap<EntityKind, string>> {
  const named = entityKinds.find((kind) => fileNames[kind] === basename(path));
  if (named && (await isFile(path))) return new Map([[named, path]]);
  for (const place of places) {
    const found = new Map<EntityKind, string>();
    for (const kind of entityKinds) {
      const file = join(path, place, fileNames[kind]);
      if (await isFile(file)) found.set(kind, file);
    }
    if (found.size > 0) return found;
  }
  throw new DtmError('not-found', `there is no tasks.csv, sprints.csv or projects.csv in ${path}`, {
    hint: 'Name the folder that they are in, such as trackers/csv.',
  });
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    // A part of the path may be a file.
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? undefined : undefinedIfMissing(error);
  });
  return found?.isFile() ?? false;
}
