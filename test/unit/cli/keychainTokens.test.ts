import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Keychain, KeychainTokens } from '../../../src/cli/keychainTokens.ts';
import { TokenFile } from '../../../src/cli/tokenFile.ts';
import { MemoryLogger } from '../../support/ports.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';

const refresh = 'http://a|admin';
const access = 'access|http://a|admin';
const last = 'http://a|last-account';

/** A keychain that can be locked; what a real one does is tested in test/cli/keychain.test.ts. */
class LockableKeychain implements Keychain {
  readonly entries = new Map<string, string>();
  isLocked = false;

  async get(name: string): Promise<string | undefined> {
    this.#requireOpen();
    return this.entries.get(name);
  }

  async set(name: string, secret: string): Promise<void> {
    this.#requireOpen();
    this.entries.set(name, secret);
  }

  async delete(name: string): Promise<void> {
    this.#requireOpen();
    this.entries.delete(name);
  }

  #requireOpen(): void {
    if (this.isLocked) throw new Error('locked');
  }
}

describe('tokens in the keychain', () => {
  const folder = useTemporaryFolder('keychain');
  let keychain: LockableKeychain;
  let file: TokenFile;
  let said: number;
  let opened: number;
  let logger: MemoryLogger;

  beforeEach(() => {
    keychain = new LockableKeychain();
    file = new TokenFile(join(folder(), 'cli-tokens.json'));
    logger = new MemoryLogger();
    said = 0;
    opened = 0;
  });

  function open(isThere = true): KeychainTokens {
    return new KeychainTokens({
      file,
      logger,
      onFile: () => said++,
      open: async () => {
        opened++;
        if (!isThere) throw new Error('no such module');
        return keychain;
      },
    });
  }

  it('leaves to the file what is short-lived, without loading the keychain', async () => {
    const tokens = open();
    await tokens.set(access, 'a');
    await tokens.set(last, 'admin');
    assert.equal(await tokens.get(access), 'a');
    await tokens.delete(access);
    assert.equal(await tokens.get(last), 'admin');
    assert.equal(opened, 0);
  });

  it('keeps the refresh token in the keychain only', async () => {
    const tokens = open();
    await tokens.set(refresh, 'r1');
    assert.equal(await file.get(refresh), undefined);
    assert.equal(await tokens.get(refresh), 'r1');
    await tokens.delete(refresh);
    assert.equal(await tokens.get(refresh), undefined);
    assert.deepEqual([opened, said], [1, 0]);
  });

  it('keeps it in the file while the keychain is locked or missing, says so once, and takes it back', async () => {
    for (const isThere of [true, false]) {
      keychain.isLocked = true;
      const tokens = open(isThere);
      await tokens.set(refresh, 'r1');
      await tokens.set(refresh, 'r2');
      assert.equal(await open(isThere).get(refresh), 'r2');
      assert.equal(said, 1);
      keychain.isLocked = false;
      await open().set(refresh, 'r3');
      assert.equal(await file.get(refresh), undefined);
      assert.equal(await open().get(refresh), 'r3');
      await open().delete(refresh);
      said = 0;
    }
    assert.doesNotMatch(logger.lines.join('\n'), /r1|r2|r3/);
  });

  it('signs out of both', async () => {
    await open().set(refresh, 'r1');
    await file.set(refresh, 'older');
    await open().delete(refresh);
    assert.equal(await open().get(refresh), undefined);
    assert.equal(keychain.entries.size, 0);
  });
});
