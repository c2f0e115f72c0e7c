import assert from 'node:assert/strict';
import { Passwords } from '../../../../src/server/auth/passwords.ts';

describe('passwords', () => {
  const passwords = new Passwords();

  it('are hashed with a salt of their own, and never stored', async () => {
    const [one, two] = await Promise.all([passwords.hash('secret word'), passwords.hash('secret word')]);
    assert.notEqual(one, two);
    assert.match(one, /^scrypt\$15\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
    assert.ok(!one.includes('secret word'));
  });

  it('are accepted if right, however the accents were typed', async () => {
    const hash = await passwords.hash('caf\u00e9 password');
    assert.equal(await passwords.verify('cafe\u0301 password', hash), true);
    assert.equal(await passwords.verify('cafe password', hash), false);
  });

  it('are refused without a hash, or with one of another scheme', async () => {
    assert.equal(await passwords.verify('anything', undefined), false);
    assert.equal(await passwords.verify('anything', 'plain$anything'), false);
  });

  it('are checked in order when many come at once', async () => {
    const hash = await passwords.hash('right');
    const answers = await Promise.all(
      ['right', 'wrong', 'right', 'wrong'].map((given) => passwords.verify(given, hash)),
    );
    assert.deepEqual(answers, [true, false, true, false]);
  });
});
