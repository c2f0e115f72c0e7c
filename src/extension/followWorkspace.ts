import { workspace } from 'vscode';
import type { Disposable } from '../core/ports.ts';
import type { AppHost } from './appHost.ts';
import { DisposableList } from './disposableList.ts';
import { onDidChangeProxy, onDidChangeSettings } from './settings.ts';
import { trackerFolder } from './workspaceFolder.ts';

/** Opens the tracker of another folder when the folders of the window change, and anew when its settings do. */
export function followWorkspace(host: AppHost): Disposable {
  const owned = new DisposableList();
  owned.add(onDidChangeSettings(['requestTimeoutS', 'tlsCa', 'tlsCert', 'tlsKey'], () => void host.open()));
  owned.add(onDidChangeProxy(() => void host.open()));
  owned.add(
    workspace.onDidChangeWorkspaceFolders(async () => {
      const isSame = host.app !== undefined && host.app.folder === (await trackerFolder());
      if (!isSame) await host.open();
    }),
  );
  return owned;
}
