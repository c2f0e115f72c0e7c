import { Uri, workspace } from 'vscode';

/**
 * The folder whose tracker the window shows: the first that has a `.dtm`, else the first; undefined where none is open
 * or none is on a disk, which means the personal workspace.
 */
export async function trackerFolder(): Promise<string | undefined> {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  for (const { uri } of folders) if (await exists(Uri.joinPath(uri, '.dtm'))) return uri.fsPath;
  return folders[0]?.uri.fsPath;
}

async function exists(uri: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
