import { l10n, type Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import type { Disposable } from '../../core/ports.ts';
import { parseViewState } from '../../webview/protocol.ts';
import type { AppHost } from '../appHost.ts';
import { chooseEntity } from '../commands/chooseEntity.ts';
import type { CommandTable, Target } from '../commands/commandTable.ts';
import { DisposableList } from '../disposableList.ts';
import type { Person } from '../prompts/person.ts';
import { DetailsPanel } from './detailsPanel.ts';

const viewType = 'dtm.entityDetails';

/** The read-only views of entities: one panel for each, restored after a reload of the window. */
export class DetailsViews implements Disposable {
  readonly #host: AppHost;
  readonly #extensionUri: Uri;
  readonly #person: Person;
  readonly #panels = new Map<string, DetailsPanel>();
  readonly #owned = new DisposableList();

  constructor(host: AppHost, extensionUri: Uri, person: Person) {
    this.#host = host;
    this.#extensionUri = extensionUri;
    this.#person = person;
    const deserializeWebviewPanel = async (panel: WebviewPanel, state: unknown) => this.#restore(panel, state);
    this.#owned.add(window.registerWebviewPanelSerializer(viewType, { deserializeWebviewPanel }));
  }

  commands(): Pick<CommandTable, 'dtm.showDetails'> {
    return { 'dtm.showDetails': (target) => this.#open(target) };
  }

  dispose(): void {
    this.#owned.dispose();
    for (const panel of this.#panels.values()) panel.dispose();
  }

  async #open(target: Target): Promise<void> {
    const { tracker } = await this.#host.ready();
    const options = { kinds: ['task', 'sprint', 'project'] as const, title: l10n.t('Show Details') };
    const { entity } = await chooseEntity(tracker, this.#person, target, options);
    const shown = this.#panels.get(entity.id);
    if (shown) return shown.reveal();
    const place = { viewColumn: ViewColumn.Active, preserveFocus: false };
    this.#adopt(window.createWebviewPanel(viewType, 'DTM', place), entity.id);
  }

  #restore(panel: WebviewPanel, state: unknown): void {
    const id = parseViewState(state)?.id;
    if (id === undefined) panel.dispose();
    else this.#adopt(panel, id);
  }

  #adopt(panel: WebviewPanel, id: string): void {
    this.#panels.set(id, new DetailsPanel(panel, this.#host, this.#extensionUri, id));
    panel.onDidDispose(() => this.#panels.delete(id));
  }
}
