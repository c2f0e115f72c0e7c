import { commands, l10n, type TextDocumentContentProvider, Uri, workspace } from 'vscode';
import type { Disposable } from '../../core/ports.ts';
import type { StoppedChange } from '../../core/stoppedChange.ts';
import type { AppHost } from '../appHost.ts';
import { stoppedName, versionText } from './stoppedText.ts';

const scheme = 'dtm-stopped';

/** The two sides of a stopped change as read-only documents, for the editor's own comparison. */
export class VersionDocuments implements TextDocumentContentProvider, Disposable {
  readonly #host: AppHost;
  readonly #registration: Disposable;

  constructor(host: AppHost) {
    this.#host = host;
    this.#registration = workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: Uri): string {
    const query = new URLSearchParams(uri.query);
    const change = this.#host.app?.stopped.list().find(({ opId }) => opId === query.get('change'));
    // A comparison that is restored after a reload may be about what was decided long ago.
    if (!change) return l10n.t('This has been decided.');
    return versionText(change, query.get('side') === 'mine' ? 'mine' : 'theirs');
  }

  /** Opens the comparison: theirs on the left, mine on the right. */
  async compare(change: StoppedChange): Promise<void> {
    const title = l10n.t('{0}: theirs ↔ mine', stoppedName(change));
    const place = { preview: true, preserveFocus: true };
    await commands.executeCommand('vscode.diff', uriOf(change, 'theirs'), uriOf(change, 'mine'), title, place);
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

/** What others changed since makes another document: one that is open is not asked for again. */
function uriOf(change: StoppedChange, side: 'mine' | 'theirs'): Uri {
  const { opId, id, current } = change;
  const query = new URLSearchParams({ change: opId, side, version: String(current?.version ?? 0) });
  return Uri.from({ scheme, path: `/${id}`, query: query.toString() });
}
