import { window } from 'vscode';
import type { Disposable } from '../../core/ports.ts';
import type { AppHost } from '../appHost.ts';
import { DisposableList } from '../disposableList.ts';
import { NetworkWatch } from './networkWatch.ts';

/**
 * Whoever comes back to the window, or to a network, should not wait for the next probe to see that the server is back,
 * too. Nothing looks for a network while the server is there, or nobody looks at the window.
 */
export function wakeUp(host: AppHost): Disposable {
  const owned = new DisposableList();
  const isOffline = () => host.app?.status.connection.kind === 'offline';
  const sync = () => {
    if (isOffline()) void host.app?.syncNow();
  };
  const network = owned.add(new NetworkWatch({ onChange: sync }));
  const update = () => network.want(window.state.focused && isOffline());
  owned.add(host.onDidChangeStatus(update));
  owned.add(
    window.onDidChangeWindowState(({ focused }) => {
      update();
      if (focused) sync();
    }),
  );
  return owned;
}
