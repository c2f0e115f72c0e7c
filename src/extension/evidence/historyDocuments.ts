import { EventEmitter, l10n, type TextDocumentContentProvider, Uri, window, workspace } from 'vscode';
import type { Disposable } from '../../core/ports.ts';
import type { AppHost } from '../appHost.ts';
import { historyText } from './historyText.ts';

const scheme = 'dtm-history';
const most = 1_000;

/** What is recorded of one thing or of all, as read-only documents. */
export class HistoryDocuments implements TextDocumentContentProvider, Disposable {
  readonly #host: AppHost;
  readonly #changed = new EventEmitter<Uri>();
  readonly #registration: Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(host: AppHost) {
    this.#host = host;
    this.#registration = workspace.registerTextDocumentContentProvider(scheme, this);
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const app = await this.#host.ready();
    const about = uri.query === '' ? undefined : uri.query;
    const { records, total } = await app.evidence.list(about, most);
    return historyText(records, total);
  }

  /** Opens the history as it is now. @param about the id of an entity; undefined: everything */
  async show(about: string | undefined): Promise<void> {
    const name = about === undefined ? l10n.t('History') : l10n.t('History of {0}', about);
    const uri = Uri.from({ scheme, path: `/${name}`, query: about ?? '' });
    // One that is open already is not asked for again by itself.
    this.#changed.fire(uri);
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
