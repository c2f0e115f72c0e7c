import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DtmError } from '../core/errors.ts';

/**
 * The folder whose tracker is used: `-C`, else the nearest parent with a `.dtm`, else the current folder.
 * @throws DtmError `no-workspace` if it is not a folder
 */
export function workspaceFolder(directory: string | undefined): string {
  if (directory !== undefined) return existingFolder(resolve(currentFolder(), directory));
  const here = currentFolder();
  for (let folder = here; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.dtm'))) return folder;
    if (dirname(folder) === folder) return here;
  }
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new DtmError('no-workspace', 'the current folder no longer exists', {
      cause,
      hint: 'Change to a folder that exists, or name one with -C DIR.',
    });
  }
}

function existingFolder(folder: string): string {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  const what = existsSync(folder) ? 'is not a folder' : 'does not exist';
  throw new DtmError('no-workspace', `the workspace folder ${folder} ${what}`, {
    hint: 'Name an existing folder with -C DIR, or leave -C out to use the current one.',
  });
}
