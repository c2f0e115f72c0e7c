import assert from 'node:assert/strict';
import pg from 'pg';
import { startPostgres } from '../../support/postgres.ts';

describe('postgres', () => {
  it('gives a server that takes what it is told, and is gone afterwards', async () => {
    const server = await startPostgres();
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query("SELECT current_setting('server_encoding') AS encoding, 6 * 7 AS answer");
    assert.deepEqual(rows, [{ encoding: 'UTF8', answer: 42 }]);
    await client.end();
    await server.stop();
    if (process.env.DTM_TEST_DATABASE_URL) return;
    const late = new pg.Client({ connectionString: server.url });
    await assert.rejects(late.connect(), { code: 'ECONNREFUSED' });
  });
});
