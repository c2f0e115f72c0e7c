import { l10n } from 'vscode';
import type { ConnectionKind, TrackerStatus } from '../../core/ports.ts';
import type { AppState } from '../appHost.ts';

/** What the person has to look at: none, or how urgent. */
export type Urgency = 'none' | 'warning' | 'error';

export interface StatusLook {
  /** Icon, "DTM", and a number where one matters. */
  readonly text: string;
  /** The state in words: for screen readers, and as the head of the hover. */
  readonly words: string;
  readonly urgency: Urgency;
}

const looks: Readonly<Record<ConnectionKind, { icon: string; words: () => string; urgency: Urgency }>> = {
  local: { icon: 'database', words: () => l10n.t('only on this machine'), urgency: 'none' },
  online: { icon: 'pass', words: () => l10n.t('online'), urgency: 'none' },
  syncing: { icon: 'sync~spin', words: () => l10n.t('synchronising'), urgency: 'none' },
  degraded: { icon: 'warning', words: () => l10n.t('the server is slow or in trouble'), urgency: 'none' },
  offline: { icon: 'dtm-cloud-offline', words: () => l10n.t('offline'), urgency: 'none' },
  'signed-out': { icon: 'key', words: () => l10n.t('signed out'), urgency: 'warning' },
  incompatible: { icon: 'error', words: () => l10n.t('the server cannot be used'), urgency: 'error' },
};

/** What the status-bar item shows; pure, so that every state is tested. */
export function statusLook(state: AppState): StatusLook {
  if (state.kind === 'opening') return { text: '$(loading~spin) DTM', words: l10n.t('opening'), urgency: 'none' };
  if (state.kind === 'failed') {
    return { text: '$(error) DTM', words: l10n.t('the tracker could not be opened'), urgency: 'error' };
  }
  return lookOf(state.app.status);
}

function lookOf(status: TrackerStatus): StatusLook {
  const { kind } = status.connection;
  const look = looks[kind];
  const isAway = kind === 'offline' || kind === 'signed-out' || kind === 'incompatible';
  if (!isAway && status.conflicts > 0) {
    const count = status.conflicts;
    return attention('git-merge', count, count === 1 ? l10n.t('1 conflict') : l10n.t('{0} conflicts', count));
  }
  if (!isAway && status.rejected > 0) {
    const count = status.rejected;
    const words = count === 1 ? l10n.t('1 change was refused') : l10n.t('{0} changes were refused', count);
    return attention('warning', count, words);
  }
  const waits = isAway && status.pending > 0;
  return {
    text: `$(${look.icon}) DTM${waits ? ` ${status.pending}` : ''}`,
    words: waits ? waitingText(look.words(), status.pending) : look.words(),
    urgency: look.urgency,
  };
}

function waitingText(state: string, count: number): string {
  return count === 1 ? l10n.t('{0}, 1 change waits', state) : l10n.t('{0}, {1} changes wait', state, count);
}

function attention(icon: string, count: number, words: string): StatusLook {
  return { text: `$(${icon}) DTM ${count}`, words, urgency: 'warning' };
}
