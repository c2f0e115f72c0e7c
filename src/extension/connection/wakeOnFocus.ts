import { window } from 'vscode';
import type { Disposable } from '../../core/ports.ts';
import type { AppHost } from '../appHost.ts';

/** Whoever comes back to the window should not wait for the next probe to see that the server is back, too. */
export function wakeOnFocus(host: AppHost): Disposable {
  return window.onDidChangeWindowState(({ focused }) => {
    const app = host.app;
    if (focused && app?.status.connection.kind === 'offline') void app.syncNow();
  });
}
