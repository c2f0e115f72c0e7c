import assert from 'node:assert/strict';
import type { SecretStorage } from 'vscode';
import { createSecretTokens } from '../../../src/extension/connection/secretTokens.ts';
import { MemoryLogger } from '../../support/ports.ts';

describe('tokens in the editor’s secret storage', () => {
  const kept = new Map<string, string>();
  let isLocked: boolean;
  /** What the editor offers, with a keychain behind it that can be locked. */
  const secrets = {
    get: async (key: string) => kept.get(key),
    store: async (key: string, value: string) => {
      if (isLocked) throw new Error('the keychain is locked');
      kept.set(key, value);
    },
    delete: async (key: string) => void kept.delete(key),
  } as unknown as SecretStorage;

  beforeEach(() => {
    kept.clear();
    isLocked = false;
  });

  it('are the newest ones also where the keychain took an older one and no more', async () => {
    const logger = new MemoryLogger();
    const tokens = createSecretTokens(secrets, logger);
    await tokens.set('http://a|admin', 'r1');
    isLocked = true;
    await tokens.set('http://a|admin', 'r2');
    assert.equal(await tokens.get('http://a|admin'), 'r2');
    isLocked = false;
    await tokens.set('http://a|admin', 'r3');
    assert.equal(await createSecretTokens(secrets, logger).get('http://a|admin'), 'r3');
    await tokens.delete('http://a|admin');
    assert.equal(await tokens.get('http://a|admin'), undefined);
    assert.doesNotMatch(logger.lines.join('\n'), /r1|r2|r3/);
  });
});
