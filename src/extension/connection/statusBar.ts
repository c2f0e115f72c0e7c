import { l10n, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from 'vscode';
import type { Disposable } from '../../core/ports.ts';
import type { AppHost } from '../appHost.ts';
import { DisposableList } from '../disposableList.ts';
import type { LocalServer } from '../server/localServer.ts';
import { statusLook, type Urgency } from './connectionText.ts';
import { statusHover } from './statusHover.ts';

const backgrounds: Readonly<Record<Urgency, string | undefined>> = {
  none: undefined,
  warning: 'statusBarItem.warningBackground',
  error: 'statusBarItem.errorBackground',
};

/** The one item of the status bar: always says what is so. */
export function showStatusBar(host: AppHost, server: Pick<LocalServer, 'isRunning' | 'onDidChange'>): Disposable {
  const owned = new DisposableList();
  const item = owned.add(window.createStatusBarItem('connection', StatusBarAlignment.Left, 0));
  item.name = l10n.t('DTM Connection');
  item.command = 'dtm.showActions';
  const update = () => draw(item, host, server.isRunning);
  owned.add(host.onDidChangeStatus(update));
  owned.add(server.onDidChange(update));
  update();
  item.show();
  return owned;
}

function draw(item: StatusBarItem, host: AppHost, isServerRunning: boolean): void {
  const look = statusLook(host.state);
  const background = backgrounds[look.urgency];
  item.text = look.text;
  item.accessibilityInformation = { label: `DTM: ${look.words}`, role: 'button' };
  item.tooltip = statusHover(host.state, isServerRunning);
  item.backgroundColor = background === undefined ? undefined : new ThemeColor(background);
}
