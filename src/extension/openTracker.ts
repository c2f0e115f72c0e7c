import { homedir, userInfo } from 'node:os';
import { workspace } from 'vscode';
import type { DtmApp } from '../app/dtmApp.ts';
import type { Logger, TokenStore } from '../core/ports.ts';
import { readGates, readNetwork, readSettings } from './settings.ts';
import { trackerFolder } from './workspaceFolder.ts';

/** Opens the tracker of this window. The code behind it is loaded here, not when the extension is activated. */
export async function openTracker(tokens: TokenStore, logger: Logger): Promise<DtmApp> {
  const { createApp } = await import('../app/createApp.ts');
  return createApp({
    folder: await trackerFolder(),
    surface: 'extension',
    resident: true,
    surroundings: { env: process.env, platform: process.platform, home: homedir() },
    tokens,
    logger,
    localUser: localUser(),
    requestTimeoutMs: readSettings().requestTimeoutS * 1_000,
    isTrusted: () => workspace.isTrusted,
    conflicts: () => readSettings().conflicts,
    gates: readGates,
    network: readNetwork(process.env),
  });
}

/** Some systems have no name for the user of a process. */
function localUser(): string {
  try {
    return userInfo().username || 'local';
  } catch {
    return 'local';
  }
}
