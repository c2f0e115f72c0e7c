import { type Disposable, workspace } from 'vscode';
import { serverOrigin } from '../app/serverAddress.ts';

interface Setting<T> {
  /** The name in settings.json; `test/host` holds it equal to what package.json contributes. */
  readonly key: string;
  readonly fallback: T;
  /** The value in the form that the code uses, or undefined where what stands there cannot be used. */
  parse(value: unknown): T | undefined;
}

/** Every setting there is: the only place that reads them. */
export const settingsTable = {
  serverUrl: { key: 'dtm.server.url', fallback: 'http://127.0.0.1:8000', parse: parseServerUrl },
  serverPort: { key: 'dtm.server.port', fallback: 8000, parse: integerWithin(1, 65_535) },
  requestTimeoutS: { key: 'dtm.request.timeout', fallback: 10, parse: integerWithin(1, 120) },
} as const satisfies Record<string, Setting<string> | Setting<number>>;

export interface Settings {
  /** Where the DTM server is expected when the workspace is not connected yet: an origin. */
  readonly serverUrl: string;
  /** The first port that a local server tries. */
  readonly serverPort: number;
  /** How long a command waits for the server's answer before its change is queued, in seconds. */
  readonly requestTimeoutS: number;
}

export function readSettings(): Settings {
  return {
    serverUrl: read(settingsTable.serverUrl),
    serverPort: read(settingsTable.serverPort),
    requestTimeoutS: read(settingsTable.requestTimeoutS),
  };
}

export function onDidChangeSetting(name: keyof Settings, listener: () => void): Disposable {
  return workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(settingsTable[name].key)) listener();
  });
}

function read<T>(setting: Setting<T>): T {
  return setting.parse(workspace.getConfiguration().get(setting.key)) ?? setting.fallback;
}

/** The origin of a server's address, or undefined if it is none. */
function parseServerUrl(value: unknown): string | undefined {
  try {
    return typeof value === 'string' ? serverOrigin(value) : undefined;
  } catch {
    return undefined;
  }
}

function integerWithin(least: number, most: number): (value: unknown) => number | undefined {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}
