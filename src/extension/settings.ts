import { type Disposable, workspace } from 'vscode';
import { type ConflictPolicy, conflictPolicies } from '../app/conflictPolicy.ts';
import { serverOrigin } from '../app/serverAddress.ts';
import {
  type AdjustableGate,
  adjustableGates,
  defaultGateSettings,
  type GateMode,
  type GateSettings,
  gateModes,
} from '../core/gates/settings.ts';
import { type NetworkSettings, networkFromEnvironment, withoutEmpty } from '../core/networkSettings.ts';

interface Setting<T> {
  /** The name in settings.json; `test/host` holds it equal to what package.json contributes. */
  readonly key: string;
  readonly fallback: T;
  /** The value in the form that the code uses, or undefined where what stands there cannot be used. */
  parse(value: unknown): T | undefined;
}

/** A quality gate has a setting of its name. */
type GateKeys = { readonly [gate in AdjustableGate]: Setting<GateMode> };
const gateSettings = Object.fromEntries(
  adjustableGates.map((gate) => [
    gate,
    { key: `dtm.gates.${gate}`, fallback: defaultGateSettings.modes[gate], parse: parseMode },
  ]),
) as GateKeys;

/** Every setting there is: the only place that reads them. */
export const settingsTable = {
  serverUrl: { key: 'dtm.server.url', fallback: 'http://127.0.0.1:8000', parse: parseServerUrl },
  serverPort: { key: 'dtm.server.port', fallback: 8000, parse: integerWithin(1, 65_535) },
  requestTimeoutS: { key: 'dtm.request.timeout', fallback: 10, parse: integerWithin(1, 120) },
  conflicts: { key: 'dtm.sync.conflicts', fallback: 'ask', parse: parsePolicy },
  tlsCa: { key: 'dtm.tls.ca', fallback: '', parse: parseText },
  tlsCert: { key: 'dtm.tls.cert', fallback: '', parse: parseText },
  tlsKey: { key: 'dtm.tls.key', fallback: '', parse: parseText },
  mostInProgress: {
    key: 'dtm.gates.mostInProgress',
    fallback: defaultGateSettings.wipLimit,
    parse: integerWithin(0, 9_999),
  },
  ...gateSettings,
} as const satisfies Record<string, Setting<string> | Setting<number> | Setting<ConflictPolicy> | Setting<GateMode>>;

export interface Settings {
  /** Where the DTM server is expected when the workspace is not connected yet: an origin. */
  readonly serverUrl: string;
  /** The first port that a local server tries. */
  readonly serverPort: number;
  /** How long a command waits for the server's answer before its change is queued, in seconds. */
  readonly requestTimeoutS: number;
  /** What becomes of conflicts between edits by itself. */
  readonly conflicts: ConflictPolicy;
  /** Paths of PEM files; empty: none. */
  readonly tlsCa: string;
  readonly tlsCert: string;
  readonly tlsKey: string;
}

export function readSettings(): Settings {
  return {
    serverUrl: read(settingsTable.serverUrl),
    serverPort: read(settingsTable.serverPort),
    requestTimeoutS: read(settingsTable.requestTimeoutS),
    conflicts: read<ConflictPolicy>(settingsTable.conflicts),
    tlsCa: read(settingsTable.tlsCa),
    tlsCert: read(settingsTable.tlsCert),
    tlsKey: read(settingsTable.tlsKey),
  };
}

/** What the quality gates do, as it is set at this moment. */
export function readGates(): GateSettings {
  const modes = Object.fromEntries(adjustableGates.map((gate) => [gate, read(gateSettings[gate])]));
  return { modes: { ...defaultGateSettings.modes, ...modes }, wipLimit: read(settingsTable.mostInProgress) };
}

export function onDidChangeSettings(names: readonly (keyof Settings)[], listener: () => void): Disposable {
  return workspace.onDidChangeConfiguration((event) => {
    if (names.some((name) => event.affectsConfiguration(settingsTable[name].key))) listener();
  });
}

/** The editor's own settings for proxies. */
const proxyKeys = ['http.proxy', 'http.noProxy', 'http.proxyStrictSSL', 'http.proxySupport'] as const;

export function onDidChangeProxy(listener: () => void): Disposable {
  return workspace.onDidChangeConfiguration((event) => {
    if (proxyKeys.some((key) => event.affectsConfiguration(key))) listener();
  });
}

/**
 * How to get to a server: the editor's settings, else the environment. Only what the person set counts: a folder must
 * not be able to lead requests, and the tokens in them, through a proxy of its own.
 */
export function readNetwork(env: Readonly<Record<string, string | undefined>>): NetworkSettings {
  const [proxy, noProxy, strictSsl, support] = proxyKeys.map(personalValue);
  const { httpProxy, httpsProxy, ...fromEnvironment } = networkFromEnvironment(env);
  const { tlsCa, tlsCert, tlsKey } = readSettings();
  const proxies = proxy ? { httpProxy: proxy, httpsProxy: proxy } : { httpProxy, httpsProxy };
  const exceptions = Array.isArray(noProxy) && noProxy.length > 0 ? { noProxy: noProxy.join(',') } : {};
  return withoutEmpty({
    ...fromEnvironment,
    ...(support === 'off' ? {} : proxies),
    ...exceptions,
    ...(strictSsl === false ? { proxyStrictSsl: false } : {}),
    ...withoutEmpty({ caFile: tlsCa, certFile: tlsCert, keyFile: tlsKey }),
  });
}

function personalValue(key: string): unknown {
  return workspace.getConfiguration().inspect(key)?.globalValue;
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

function parsePolicy(value: unknown): ConflictPolicy | undefined {
  return conflictPolicies.find((policy) => policy === value);
}

function parseMode(value: unknown): GateMode | undefined {
  return gateModes.find((mode) => mode === value);
}

function parseText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim() : undefined;
}

function integerWithin(least: number, most: number): (value: unknown) => number | undefined {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}
