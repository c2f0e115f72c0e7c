import { hasCsvQuestion } from '../core/csvEdits.ts';
import type { Disposable } from '../core/ports.ts';
import type { AppHost } from './appHost.ts';
import { ContextKeySetter } from './contextKeys.ts';
import { DisposableList } from './disposableList.ts';
import type { LocalServer } from './server/localServer.ts';
import type { SyncContents } from './stopped/syncContents.ts';

/** Keeps the context keys, by which the editor shows and hides commands and welcome texts, true. */
export function followContext(
  host: AppHost,
  server: Pick<LocalServer, 'isRunning' | 'onDidChange'>,
  contents: Pick<SyncContents, 'isWaiting' | 'csv'>,
): Disposable {
  const owned = new DisposableList();
  const keys = new ContextKeySetter();
  const update = () => {
    const app = host.app;
    const status = app?.status;
    keys.set('dtm.connection', status?.connection.kind ?? 'unknown');
    keys.set('dtm.bound', app?.binding.current !== undefined);
    keys.set('dtm.hasProjects', (app?.tracker.count('project') ?? 0) > 0);
    keys.set('dtm.hasQueue', status !== undefined && status.pending + status.conflicts + status.rejected > 0);
    keys.set('dtm.hasStopped', status !== undefined && status.conflicts + status.rejected > 0);
    keys.set('dtm.hasCsvQuestion', hasCsvQuestion(contents.csv));
    keys.set('dtm.hasCsvEdits', hasCsvQuestion(contents.csv) || contents.csv.problems.length > 0);
    keys.set('dtm.hasWaiting', contents.isWaiting);
    keys.set('dtm.canUndo', app?.undo.undoable !== undefined);
    keys.set('dtm.canRedo', app?.undo.redoable !== undefined);
    keys.set('dtm.serverRunning', server.isRunning);
    keys.set('dtm.state', host.state.kind);
  };
  owned.add(host.onDidChangeStatus(update));
  owned.add(host.onDidChangeEntities(update));
  owned.add(server.onDidChange(update));
  update();
  return owned;
}
