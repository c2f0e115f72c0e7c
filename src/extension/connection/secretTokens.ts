import type { SecretStorage } from 'vscode';
import type { Logger, TokenStore } from '../../core/ports.ts';

const prefix = 'dtm.token:';

/**
 * Tokens in the editor's secret storage, one key per origin and account, so that windows never race for a shared one.
 * Where no keychain answers, they live as long as the window: then the person signs in again, and nothing is lost.
 */
export function createSecretTokens(secrets: SecretStorage, logger: Logger): TokenStore {
  const onlyHere = new Map<string, string>();
  return {
    get: async (key) => {
      // What the keychain would not take is newer than what it has.
      const newest = onlyHere.get(key);
      if (newest !== undefined) return newest;
      try {
        return await secrets.get(prefix + key);
      } catch (error) {
        logger.warn('secrets.cannotRead', { error });
        return undefined;
      }
    },
    set: async (key, value) => {
      onlyHere.set(key, value);
      try {
        await secrets.store(prefix + key, value);
        onlyHere.delete(key);
      } catch (error) {
        logger.warn('secrets.cannotWrite', { error });
      }
    },
    delete: async (key) => {
      onlyHere.delete(key);
      try {
        await secrets.delete(prefix + key);
      } catch (error) {
        logger.warn('secrets.cannotDelete', { error });
      }
    },
  };
}
