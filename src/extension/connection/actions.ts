import { l10n } from 'vscode';
import type { DtmApp } from '../../app/dtmApp.ts';
import { isLoopbackOrigin } from '../../app/serverAddress.ts';
import { hasCsvQuestion } from '../../core/csvEdits.ts';
import type { AppState } from '../appHost.ts';
import type { CommandId } from '../commands/commandTable.ts';

export interface Action {
  readonly id: CommandId;
  readonly label: string;
  /** A codicon's name. */
  readonly icon: string;
}

/** What makes sense in this state: offered by the status-bar item and in its hover, the most useful first. */
export function sensibleActions(state: AppState, isServerRunning: boolean): readonly Action[] {
  if (state.kind === 'opening') return [action.showLog()];
  if (state.kind === 'failed') return [action.tryAgain(), action.showLog()];
  const { app } = state;
  const stopped = app.status.conflicts + app.status.rejected;
  return [
    ...(stopped > 0 ? [action.resolveConflicts(stopped)] : []),
    ...connectionActions(app, isServerRunning),
    ...queueActions(app),
    ...(isServerRunning ? [action.stopServer()] : []),
    action.createTask(),
    action.showLog(),
  ];
}

function connectionActions(app: DtmApp, isServerRunning: boolean): Action[] {
  const { kind } = app.status.connection;
  const start = isServerRunning ? [] : [action.startServer()];
  if (kind === 'local') return [action.connect(), ...start];
  if (kind === 'signed-out') return [action.signIn(), action.disconnect()];
  const isHere = isLoopbackOrigin(app.binding.current?.origin ?? '');
  if (kind === 'offline') return [action.syncNow(), ...(isHere ? start : []), action.disconnect()];
  const signOut = app.binding.capabilities?.login === false ? [] : [action.signOut()];
  return [action.syncNow(), ...signOut, action.connect(), action.disconnect()];
}

function queueActions({ status }: DtmApp): Action[] {
  const decideCsv = hasCsvQuestion(status.csv) ? [action.decideCsv()] : [];
  const isAboutCsv = status.notices.some((notice) => notice.code.startsWith('csv-'));
  const hasQueue = status.pending + status.conflicts + status.rejected > 0;
  const rewrite = isAboutCsv ? [action.rewriteCsv()] : [];
  return [...(hasQueue ? [action.discardChanges()] : []), ...decideCsv, ...rewrite];
}

const action = {
  createTask: (): Action => ({ id: 'dtm.createTask', label: l10n.t('Create Task…'), icon: 'add' }),
  connect: (): Action => ({ id: 'dtm.connect', label: l10n.t('Connect to a Server…'), icon: 'plug' }),
  disconnect: (): Action => ({ id: 'dtm.disconnect', label: l10n.t('Disconnect…'), icon: 'debug-disconnect' }),
  discardChanges: (): Action => ({ id: 'dtm.discardChanges', label: l10n.t('Discard Changes…'), icon: 'discard' }),
  resolveConflicts: (count: number): Action => ({
    id: 'dtm.resolveConflicts',
    label: count === 1 ? l10n.t('Decide About 1 Change…') : l10n.t('Decide About {0} Changes…', count),
    icon: 'git-merge',
  }),
  decideCsv: (): Action => ({ id: 'dtm.decideCsv', label: l10n.t('Decide About CSV Edits…'), icon: 'table' }),
  rewriteCsv: (): Action => ({ id: 'dtm.rewriteCsv', label: l10n.t('Rewrite CSV Files'), icon: 'save-all' }),
  showLog: (): Action => ({ id: 'dtm.showLog', label: l10n.t('Show Log'), icon: 'output' }),
  signIn: (): Action => ({ id: 'dtm.signIn', label: l10n.t('Sign In…'), icon: 'key' }),
  signOut: (): Action => ({ id: 'dtm.signOut', label: l10n.t('Sign Out'), icon: 'sign-out' }),
  startServer: (): Action => ({ id: 'dtm.startServer', label: l10n.t('Start Local Server'), icon: 'server-process' }),
  stopServer: (): Action => ({ id: 'dtm.stopServer', label: l10n.t('Stop Local Server'), icon: 'debug-stop' }),
  syncNow: (): Action => ({ id: 'dtm.syncNow', label: l10n.t('Sync Now'), icon: 'sync' }),
  tryAgain: (): Action => ({ id: 'dtm.tryAgain', label: l10n.t('Try Again'), icon: 'refresh' }),
} as const;
