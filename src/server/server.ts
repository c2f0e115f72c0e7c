import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { monotonicFactory } from 'ulid';
import packageJson from '../../package.json' with { type: 'json' };
import { DtmError, systemCode } from '../core/errors.ts';
import { buildApp } from './app.ts';
import { ensureFirstAdmin } from './auth/firstAdmin.ts';
import { Passwords } from './auth/passwords.ts';
import { writeRuntimeFile } from './auth/runtimeFile.ts';
import { adoptRestoredSecrets, loadSecrets, loadSharedSecrets } from './auth/secrets.ts';
import { Tokens } from './auth/tokens.ts';
import type { ServerContext } from './context.ts';
import { announcingCommits } from './feed/commitSignal.ts';
import { startMaintenance } from './maintenance.ts';
import { Metrics } from './metrics/metrics.ts';
import { timedStore } from './metrics/timedStore.ts';
import { portTaken } from './portTaken.ts';
import type { ServerSettings } from './settings.ts';
import { openStore } from './store/openStore.ts';
import type { Store } from './store/store.ts';
import { Servers } from './tls/secureServers.ts';

export interface RunningServer {
  /** Where it can be reached: `http://127.0.0.1:8000`, with TLS `https://…`. */
  readonly origin: string;
  readonly port: number;
  /** The password of the administrator that this start had to make up; it is stored only as a hash. */
  readonly madeUpPassword: string | undefined;
  /** Reads certificate and key again, without ending a connection; undefined where the server does no TLS. */
  readonly rereadCertificate: (() => void) | undefined;
  /** Settles if the data were exchanged under the server, which then must not go on. */
  readonly dataReplaced: Promise<void>;
  /** Takes no more connections, lets requests that are under way finish (at most 8 s), closes the store. */
  stop(): Promise<void>;
}

const drainMs = 8_000;

/**
 * Starts the server and waits until it answers.
 * @throws DtmError `port-taken`, `unavailable` (another process has the data folder), `incompatible`, `cannot-write`
 */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const store = await openStore(settings);
  try {
    return await startWith(settings, store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function startWith(settings: ServerSettings, store: Store): Promise<RunningServer> {
  let origin = '';
  const context = await createContext(settings, store, () => origin);
  const madeUpPassword = await ensureFirstAdmin(context);
  const servers = new Servers(settings.tls);
  const app = await buildApp(context, servers);
  await listen(app, settings);
  servers.tellExpiry(app.log);
  const { port } = app.server.address() as AddressInfo;
  origin = `${settings.tls ? 'https' : 'http'}://${printable(settings.host)}:${port}`;
  const removeRuntimeFile = writeRuntimeFile(settings.stateHome, port, {
    pid: process.pid,
    origin,
    server_id: store.identity.serverId,
    secret: context.bootstrapSecret,
    started_at: context.now(),
  });
  const stopMaintenance = startMaintenance(context, app.log);
  const close = async () => {
    removeRuntimeFile();
    stopMaintenance();
    await drain(app);
    await store.close();
  };
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= close();
    return stopping;
  };
  const dataReplaced = new Promise<void>((resolve) => store.elsewhere?.onDidReplace(resolve));
  const rereadCertificate = settings.tls && (() => servers.reread(app.log));
  return { origin, port, madeUpPassword, rereadCertificate, dataReplaced, stop };
}

/** What the routes of a server work with. */
export async function createContext(
  settings: ServerSettings,
  store: Store,
  origin: () => string,
): Promise<ServerContext> {
  if (store.engine === 'sqlite') await adoptRestoredSecrets(store, settings.dataDir);
  const load = () => (store.engine === 'sqlite' ? loadSecrets(settings.dataDir) : loadSharedSecrets(store));
  const metrics = new Metrics();
  return {
    settings,
    metrics,
    ...announcingCommits(timedStore(store, metrics), store.elsewhere),
    tokens: await Tokens.create(load, store.identity.serverId, settings.accessTokenTtlS),
    passwords: new Passwords(),
    ids: { ulid: monotonicFactory(), randomBytes: (count) => randomBytes(count) },
    bootstrapSecret: randomBytes(32).toString('base64url'),
    version: packageJson.version,
    now: () => new Date().toISOString(),
    origin,
  };
}

async function listen(app: FastifyInstance, { host, port }: ServerSettings): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    if (systemCode(error) === 'EADDRINUSE') throw await portTaken(host, port, error);
    throw cannotListen(host, port, error);
  }
}

function cannotListen(host: string, port: number, cause: unknown): DtmError {
  const reason = systemCode(cause) ?? String(cause);
  return new DtmError('configuration', `cannot listen on ${host}:${port} (${reason})`, {
    hint: 'Choose an address of this machine with DTM_HOST (--host) and a free port with DTM_PORT (--port).',
    cause,
  });
}

async function drain(app: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), drainMs);
  await app.close();
  clearTimeout(timer);
}

/** An address that stands for every interface is reached by the loopback one; IPv6 wants brackets in a URL. */
function printable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
