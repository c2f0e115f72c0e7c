import assert from 'node:assert/strict';
import { isLoopback, readSettings } from '../../../src/server/settings.ts';
import { throwsWith } from '../../support/rejects.ts';

describe('server settings', () => {
  const read = (env: Readonly<Record<string, string>>) => readSettings({ env, platform: 'linux', home: '/home/ada' });

  it('have defaults for everything', () => {
    assert.deepEqual(read({}), {
      host: '127.0.0.1',
      port: 8_000,
      dataDir: '/home/ada/.local/state/dtm/server',
      stateHome: '/home/ada/.local/state/dtm',
      environment: 'development',
      adminUsername: 'admin',
      adminPassword: undefined,
      accessTokenTtlS: 900,
      refreshTokenTtlS: 2_592_000,
      logLevel: 'info',
      trustProxy: false,
      tls: undefined,
      rateLimitPerMin: undefined,
      corsOrigins: [],
      metricsToken: undefined,
      databaseUrl: undefined,
    });
  });

  it('take a PostgreSQL database, and nothing else, for the data', () => {
    const url = 'postgres://ada:secret@db.example:5432/dtm';
    assert.equal(read({ DTM_DATABASE_URL: url }).databaseUrl, url);
    for (const wrong of ['mysql://ada@db/dtm', 'postgres://db.example', 'dtm.sqlite']) {
      const error = throwsWith(() => read({ DTM_DATABASE_URL: wrong }), 'configuration');
      assert.match(error.message, /DTM_DATABASE_URL: must be postgres:/);
    }
  });

  it('take an empty variable for one that is not set', () => {
    assert.equal(read({ DTM_PORT: '', DTM_HOST: '' }).port, 8_000);
  });

  it('list every problem, not only the first', () => {
    const error = throwsWith(
      () => read({ DTM_PORT: 'eight', DTM_ENV: 'prod', DTM_ACCESS_TOKEN_TTL_S: '0', DTM_TRUST_PROXY: 'perhaps' }),
      'configuration',
    );
    const paths = error.fields.map((field) => field.path);
    assert.deepEqual(paths.sort(), ['DTM_ACCESS_TOKEN_TTL_S', 'DTM_ENV', 'DTM_PORT', 'DTM_TRUST_PROXY']);
  });

  it('refuse a password and a password file together, and a file that cannot be read', () => {
    const both = { DTM_ADMIN_PASSWORD: 'long enough', DTM_ADMIN_PASSWORD_FILE: '/nowhere' };
    assert.match(throwsWith(() => read(both), 'configuration').message, /both set/);
    const missing = throwsWith(() => read({ DTM_ADMIN_PASSWORD_FILE: '/nowhere' }), 'configuration');
    assert.match(missing.message, /DTM_ADMIN_PASSWORD_FILE: cannot be read/);
  });

  it('refuse to leave loopback in production, but for a TLS proxy', () => {
    const exposed = { DTM_ENV: 'production', DTM_HOST: '0.0.0.0' };
    throwsWith(() => read(exposed), 'configuration');
    assert.equal(read({ ...exposed, DTM_TRUST_PROXY: '1' }).trustProxy, true);
    assert.equal(read({ ...exposed, DTM_HOST: '127.0.0.2' }).host, '127.0.0.2');
    assert.equal(read({ ...exposed, DTM_ENV: 'development' }).host, '0.0.0.0');
  });

  it('know what only this machine can reach', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'localhost'])
      assert.ok(isLoopback(host), host);
    for (const host of ['0.0.0.0', '::', '192.168.0.1', '127.evil.example', '::ffff:10.0.0.1', '']) {
      assert.ok(!isLoopback(host), host);
    }
  });
});
