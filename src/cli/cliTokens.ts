import { join } from 'node:path';
import { DtmError } from '../core/errors.ts';
import type { Logger, TokenStore } from '../core/ports.ts';
import { type Surroundings, stateHome } from '../core/stateHome.ts';
import { KeychainTokens } from './keychainTokens.ts';
import { TokenFile } from './tokenFile.ts';

/**
 * Where cf_cli keeps its sign-ins: the system's keychain, or with `DTM_KEYRING=off` a file only its owner can read.
 * @param tell says something to the person
 * @throws DtmError `configuration`
 */
export function cliTokens(surroundings: Surroundings, logger: Logger, tell: (text: string) => void): TokenStore {
  const home = stateHome(surroundings);
  const path = join(home, 'cli-tokens.json');
  const file = new TokenFile(path);
  if (isOff(surroundings.env.DTM_KEYRING)) return file;
  return new KeychainTokens({
    file,
    logger,
    open: async () => (await import('./systemKeychain.ts')).systemKeychain(`DTM cf_cli ${home}`),
    onFile: () => tell(`no keychain answers here, so the sign-in is kept in ${path}, which only you can read`),
  });
}

function isOff(setting: string | undefined): boolean {
  if (!setting || setting === 'on') return false;
  if (setting === 'off') return true;
  throw new DtmError('configuration', `DTM_KEYRING is neither on nor off: ${setting}`, {
    hint: 'Set DTM_KEYRING=off to keep the sign-in in a file, or unset it.',
  });
}
