import { commands, l10n, type Uri, type WebviewPanel } from 'vscode';
import { type Entity, labelOf } from '../../core/entity.ts';
import { type EntityKind, kindOfId } from '../../core/ids.ts';
import { type DetailsAction, type HostMessage, parseViewMessage, type ViewMessage } from '../../webview/protocol.ts';
import type { AppHost } from '../appHost.ts';
import type { CommandId } from '../commands/commandTable.ts';
import { DisposableList } from '../disposableList.ts';
import { firstLine } from '../views/escapeMarkdown.ts';
import { detailsHtml, resourceRoots } from './detailsHtml.ts';
import { detailsOf } from './detailsOf.ts';

const commandOf: Readonly<Record<DetailsAction, CommandId>> = {
  edit: 'dtm.edit',
  setStatus: 'dtm.setStatus',
  complete: 'dtm.complete',
  reopen: 'dtm.reopen',
  copyId: 'dtm.copyId',
};

type Handlers = { [T in ViewMessage['type']]: (message: Extract<ViewMessage, { type: T }>) => void };

/** Shows one entity in a webview, and follows its changes. */
export class DetailsPanel {
  readonly #panel: WebviewPanel;
  readonly #host: AppHost;
  readonly #kind: EntityKind;
  readonly #id: string;
  readonly #owned = new DisposableList();
  readonly #handlers: Handlers = {
    ready: () => this.#show(),
    open: ({ id }) => void commands.executeCommand('dtm.showDetails' satisfies CommandId, id),
    act: ({ action }) => void commands.executeCommand(commandOf[action], this.#id),
  };

  constructor(panel: WebviewPanel, host: AppHost, extensionUri: Uri, id: string) {
    this.#panel = panel;
    this.#host = host;
    this.#id = id;
    this.#kind = kindOfId(id) ?? 'task';
    panel.webview.options = { enableScripts: true, localResourceRoots: resourceRoots(extensionUri) };
    this.#owned.add(panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)));
    this.#owned.add(host.onDidChangeEntities((change) => this.#onChange(change)));
    this.#owned.add(panel.onDidChangeViewState(() => this.#show()));
    panel.onDidDispose(() => this.#owned.dispose());
    panel.webview.html = detailsHtml(panel.webview, extensionUri);
    this.#entitle();
  }

  reveal(): void {
    this.#panel.reveal(undefined, false);
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #receive(value: unknown): void {
    const message = parseViewMessage(value);
    if (message) this.#handle(message);
  }

  #handle<T extends ViewMessage['type']>(message: Extract<ViewMessage, { type: T }>): void {
    const handler = this.#handlers[message.type as T] as (message: Extract<ViewMessage, { type: T }>) => void;
    handler(message);
  }

  /** What hangs on the entity is shown too, so a change of something else may matter; a hidden view costs nothing. */
  #onChange(change: ReadonlySet<string> | null): void {
    if (change?.has(this.#id) !== false) this.#entitle();
    this.#show();
  }

  #entitle(): void {
    const entity: Entity | undefined = this.#host.app?.tracker.get(this.#kind, this.#id);
    this.#panel.title = entity ? firstLine(labelOf(entity), 40) : this.#id;
  }

  #show(): void {
    const app = this.#host.app;
    if (!app || !this.#panel.visible) return;
    const localOnly = app.binding.capabilities?.localOnly[this.#kind];
    const details = detailsOf(app.tracker, this.#kind, this.#id, new Date(), localOnly);
    this.#send(
      details ? { type: 'show', details } : { type: 'gone', id: this.#id, text: l10n.t('This is not there any more.') },
    );
  }

  #send(message: HostMessage): void {
    void this.#panel.webview.postMessage(message);
  }
}
