import { homedir } from 'node:os';
import { DtmError, isDtmError } from '../core/errors.ts';
import { requireSqlite } from './requireSqlite.ts';
import type { RunningServer } from './server.ts';
import { readSettings } from './settings.ts';

/** Exit codes of sysexits.h. */
const exitCodes: Partial<Record<DtmError['code'], number>> = {
  configuration: 78,
  incompatible: 78,
  'port-taken': 69,
  unavailable: 69,
  'cannot-write': 73,
};

/**
 * Runs the server until it is told to stop (SIGTERM, SIGINT, or with `DTM_STOP_WITH_PARENT=1` the end of standard
 * input; SIGHUP, too, unless it does TLS, where that rereads the certificate). Prints one line on standard output when it is ready; everything else goes to standard error.
 * @param environment the `DTM_*` variables
 * @param envFolder whose `.env` files are read, too (`envFiles.ts`)
 * @returns the exit code
 */
export async function runServer(
  environment: Readonly<Record<string, string | undefined>>,
  envFolder?: string,
): Promise<number> {
  surviveClosedOutput();
  const stop = stopRequest(environment.DTM_STOP_WITH_PARENT === '1');
  try {
    const surroundings = { env: environment, platform: process.platform, home: homedir() };
    const settings = readSettings(surroundings, envFolder);
    if (settings.databaseUrl === undefined) requireSqlite();
    const { startServer } = await import('./server.ts');
    const server = await startServer(settings);
    if (server.rereadCertificate) stop.insteadOnHangUp(server.rereadCertificate);
    announce(server, settings.adminUsername);
    const reason = await Promise.race([stop.requested, server.dataReplaced.then(dataReplaced)]);
    await server.stop();
    if (reason) throw reason;
    return 0;
  } catch (error) {
    return explain(error);
  } finally {
    stop.dispose();
  }
}

function dataReplaced(): DtmError {
  return new DtmError('unavailable', 'a backup was restored while the server had lost its database', {
    hint: 'Start the server again: it goes on with the restored data.',
  });
}

/** Whoever read our output may have gone: what we print then is lost, but that is no reason to end half-way. */
function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.listenerCount('error', ignore) === 0) stream.on('error', ignore);
  }
}

function ignore(): void {}

function announce(server: RunningServer, username: string): void {
  if (server.madeUpPassword !== undefined) {
    const msg = `Created the user ${username} with the password ${server.madeUpPassword} (shown only this once).`;
    process.stderr.write(`${JSON.stringify({ level: 30, time: Date.now(), pid: process.pid, msg })}\n`);
  }
  process.stdout.write(`DTM API listening on ${server.origin}\n`);
}

interface StopRequest {
  readonly requested: Promise<void>;
  /** SIGHUP no longer asks to stop, but does this. On Windows it stays a farewell: the console is being closed. */
  insteadOnHangUp(action: () => void): void;
  dispose(): void;
}

const signals = ['SIGTERM', 'SIGINT'] as const;

function stopRequest(withParent: boolean): StopRequest {
  let request = (): void => {};
  const requested = new Promise<void>((resolve) => {
    // Signals come with their name, which is no reason to fail.
    request = () => resolve();
  });
  for (const signal of signals) process.once(signal, request);
  let onHangUp = request;
  const hangUp = (): void => onHangUp();
  process.on('SIGHUP', hangUp);
  if (withParent) {
    process.stdin.once('close', request).once('end', request).once('error', request).resume();
  }
  return {
    requested,
    insteadOnHangUp: (action) => {
      if (process.platform !== 'win32') onHangUp = action;
    },
    dispose: () => {
      process.removeListener('SIGHUP', hangUp);
      for (const signal of signals) process.removeListener(signal, request);
      if (withParent) process.stdin.removeListener('close', request).removeListener('end', request).pause();
    },
  };
}

function explain(error: unknown): number {
  if (!isDtmError(error)) {
    process.stderr.write(`error: unexpected error: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  process.stderr.write(`error: ${error.message}\n${error.hint === undefined ? '' : `hint: ${error.hint}\n`}`);
  return exitCodes[error.code] ?? 1;
}
