import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type RunningProcess, startProcess } from './processes.ts';

/** A desktop's keychain of its own: a session bus with GNOME's Secret Service on it, empty and unlocked. */
export interface SecretService {
  /** The environment in which programs find it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Why there can be none on this machine; undefined: there can. */
export function noSecretService(): string | undefined {
  if (process.platform !== 'linux') return 'the keychain of this system belongs to whoever runs the tests';
  const missing = ['dbus-daemon', 'gnome-keyring-daemon'].filter((name) => !runs(name));
  return missing.length > 0 ? `${missing.join(' and ')} not installed, or without a library` : undefined;
}

/** A program may be there without a library that it needs. */
function runs(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;
}

export async function startSecretService(home: string): Promise<SecretService> {
  const own = { ...process.env, HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: home };
  const bus = await startProcess('dbus-daemon', ['--session', '--nofork', '--print-address=1'], { env: own });
  const address = await bus.waitForLine(/^unix:/);
  const env = { DBUS_SESSION_BUS_ADDRESS: address.trim(), XDG_RUNTIME_DIR: home };
  const args = ['--foreground', '--unlock', '--components=secrets'];
  const keyring = await startProcess('gnome-keyring-daemon', args, { env: { ...own, ...env }, input: 'password' });
  return { env, stop: () => stopAll([keyring, bus]) };
}

async function stopAll(processes: readonly RunningProcess[]): Promise<void> {
  for (const one of processes) await one.kill();
}
