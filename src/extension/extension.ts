import type { ExtensionContext } from 'vscode';
import { AppHost } from './appHost.ts';
import { allCommands } from './commands/allCommands.ts';
import { createGuard } from './commands/guard.ts';
import { registerCommands } from './commands/registerCommands.ts';
import { followNotices } from './connection/notices.ts';
import { createSecretTokens } from './connection/secretTokens.ts';
import { showStatusBar } from './connection/statusBar.ts';
import { wakeUp } from './connection/wakeUp.ts';
import { followContext } from './contextState.ts';
import { showCsvDiagnostics } from './csv/csvDiagnostics.ts';
import { DetailsViews } from './details/detailsViews.ts';
import { DisposableList } from './disposableList.ts';
import { HistoryDocuments } from './evidence/historyDocuments.ts';
import { followWorkspace } from './followWorkspace.ts';
import { createLog } from './log.ts';
import { openTracker } from './openTracker.ts';
import { editorPerson as person } from './prompts/editorPerson.ts';
import { LocalServer } from './server/localServer.ts';
import { SyncContents } from './stopped/syncContents.ts';
import { SyncView } from './stopped/syncView.ts';
import { VersionDocuments } from './stopped/versionDocuments.ts';
import { Trees } from './views/trees.ts';

let close: (() => Promise<void>) | undefined;

/** Wires the features together. Nothing here waits for the disk or the network: the views show that it is opening. */
export function activate(context: ExtensionContext): void {
  const owned = new DisposableList();
  const log = owned.add(createLog());
  const guard = createGuard(log, person);
  const tokens = createSecretTokens(context.secrets, log);
  const host = new AppHost(() => openTracker(tokens, log), log);
  const script = context.asAbsolutePath('dist/server.mjs');
  const server = new LocalServer({ script, environment: process.env, logger: log });
  const trees = owned.add(new Trees(host, guard, person));
  const details = owned.add(new DetailsViews(host, context.extensionUri, person));
  const documents = owned.add(new VersionDocuments(host));
  const histories = owned.add(new HistoryDocuments(host));
  const contents = new SyncContents(host);
  const sync = owned.add(new SyncView(host, contents));
  const table = allCommands({ host, person, log, guard, server, trees, details, documents, histories, sync });
  owned.add(registerCommands(table, guard));
  owned.add(showStatusBar(host, server));
  owned.add(followContext(host, server, contents));
  owned.add(showCsvDiagnostics(host, guard));
  owned.add(followNotices({ host, person, guard, memory: context.workspaceState, commands: table }));
  owned.add(followWorkspace(host));
  owned.add(wakeUp(host));
  setImmediate(() => void host.open());
  close = async () => {
    await Promise.all([host.close(), server.close()]);
    owned.dispose();
  };
}

/** Writes what is due and leaves no process, socket or timer behind. */
export async function deactivate(): Promise<void> {
  await close?.();
}
