import { DtmError } from '../core/errors.ts';
import type { Keychain } from './keychainTokens.ts';

/** A keychain may ask the person to unlock it; where nobody is there to answer it must not be waited for. */
const patienceMs = 30_000;

/**
 * The keychain of macOS, the credentials of Windows, or the Secret Service of a Linux desktop. The native module is an
 * optional dependency of the npm package and loaded only here.
 * @param service sets the entries of one state folder apart from those of another
 * @throws Error if the module is not there; entries reject where no keychain answers
 */
export async function systemKeychain(service: string): Promise<Keychain> {
  const { AsyncEntry } = await import('@napi-rs/keyring');
  // The kernel's keyring, to which the library falls back, forgets everything with the next start of the machine.
  const entry = (name: string) => new AsyncEntry(service, name, { linux: { store: 'secret-service' } });
  return {
    get: async (name) => (await inTime(entry(name).getPassword())) ?? undefined,
    set: async (name, secret) => inTime(entry(name).setPassword(secret)),
    delete: async (name) => void (await inTime(entry(name).deletePassword())),
  };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DtmError('timeout', 'the keychain did not answer')), patienceMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
