import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSettings } from '../../../src/server/settings.ts';
import { throwsWith } from '../../support/rejects.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';

describe('.env files of the server', () => {
  const folder = useTemporaryFolder('env-files');
  const write = async (files: Readonly<Record<string, string>>) => {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder(), name), content);
  };
  const read = (env: Readonly<Record<string, string>> = {}) =>
    readSettings({ env, platform: 'linux', home: '/home/ada' }, folder());

  it('stand below the environment, the more special above the more general', async () => {
    await write({
      '.env': 'DTM_PORT=1001\nDTM_HOST=127.0.0.1\nDTM_ADMIN_USERNAME=common\nDTM_LOG_LEVEL=warn\n',
      '.env.test': 'DTM_PORT=1002\nDTM_HOST=127.0.0.2\nDTM_ADMIN_USERNAME="of test" # a remark\n',
      '.env.test.local': 'DTM_PORT=1003\nDTM_HOST=127.0.0.3\n',
      '.env.production': 'DTM_PORT=1004\n',
    });
    const { port, host, adminUsername, logLevel } = read({ DTM_ENV: 'test', DTM_PORT: '1005' });
    assert.deepEqual([port, host, adminUsername, logLevel], [1005, '127.0.0.3', 'of test', 'warn']);
  });

  it('are those of the environment that .env chooses, where nothing else does', async () => {
    await write({
      '.env': 'DTM_ENV=production\n',
      '.env.production': 'DTM_PORT=1001\n',
      '.env.test': 'DTM_PORT=1002\n',
    });
    assert.deepEqual([read().environment, read().port], ['production', 1001]);
    assert.deepEqual([read({ DTM_ENV: 'test' }).environment, read({ DTM_ENV: 'test' }).port], ['test', 1002]);
  });

  it('count only with what is not empty, and only for names of DTM', async () => {
    await write({ '.env': 'DTM_PORT=1001\nHOME=/evil\nXDG_STATE_HOME=/evil\n', '.env.development': 'DTM_PORT=\n' });
    assert.deepEqual([read({ DTM_PORT: '' }).port, read().stateHome], [1001, '/home/ada/.local/state/dtm']);
    await write({ '.env.development': 'DTM_STATE_HOME=/srv/dtm\n' });
    assert.equal(read().stateHome, '/srv/dtm');
  });

  it('need not be there, and are not looked for where nobody asks for them', async () => {
    assert.equal(read().port, 8_000);
    await write({ '.env': 'DTM_PORT=1001\n' });
    assert.equal(readSettings({ env: {}, platform: 'linux', home: '/home/ada' }).port, 8_000);
  });

  it('are named with each problem that they make, and not for those of others', async () => {
    await write({ '.env': 'DTM_PORT=eight\nDTM_ENV=test\n', '.env.test': 'DTM_LOG_LEVEL=loud\nDTM_HOST=ok\n' });
    const { message } = throwsWith(() => read({ DTM_ACCESS_TOKEN_TTL_S: '0' }), 'configuration');
    assert.match(message, new RegExp(`DTM_PORT: .+ \\(set in ${join(folder(), '.env')}\\)`));
    assert.match(message, new RegExp(`DTM_LOG_LEVEL: .+ \\(set in ${join(folder(), '.env.test')}\\)`));
    assert.match(message, /DTM_ACCESS_TOKEN_TTL_S: [^(]+$/m);
    const own = throwsWith(() => read({ DTM_PORT: 'nine', DTM_LOG_LEVEL: 'info' }), 'configuration');
    assert.doesNotMatch(own.message, /set in/);
  });

  it('that cannot be read are a problem like any other', async () => {
    await mkdir(join(folder(), '.env'));
    await write({ '.env.development': 'DTM_LOG_LEVEL=loud\n' });
    const error = throwsWith(() => read(), 'configuration');
    assert.deepEqual(
      error.fields.map(({ path }) => path),
      [join(folder(), '.env'), 'DTM_LOG_LEVEL'],
    );
    assert.match(error.message, /cannot be read: EISDIR/);
  });

  it('must at least have their folder', () => {
    const missing = join(folder(), 'missing');
    const error = throwsWith(
      () => readSettings({ env: {}, platform: 'linux', home: '/home/ada' }, missing),
      'configuration',
    );
    assert.match(error.message, /missing: is no folder/);
  });

  it('of one environment cannot choose another one', async () => {
    await write({ '.env.test': 'DTM_ENV=production\n' });
    const { message } = throwsWith(() => read({ DTM_ENV: 'test' }), 'configuration');
    assert.match(message, /DTM_ENV: is production, in a file for test/);
  });

  it('are found by no made-up name of an environment', async () => {
    await mkdir(join(folder(), '.env.x'));
    await write({ outside: 'DTM_PORT=1001\n' });
    const error = throwsWith(() => read({ DTM_ENV: 'x/../outside' }), 'configuration');
    assert.deepEqual(
      error.fields.map(({ path }) => path),
      ['DTM_ENV'],
    );
  });
});
