import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { type PostgresServer, startPostgres } from './postgres.ts';

let running: Promise<PostgresServer> | undefined;

/** A database of its own on the PostgreSQL server of this run. */
export type TestDatabase = {
  readonly url: string;
  /** Removes it, even while something is connected. */
  drop(): Promise<void>;
};

/** Makes an empty database on a PostgreSQL server that is started once and ends with the run of mocha. */
export async function makeTestDatabase(options = ''): Promise<TestDatabase> {
  running ??= startPostgres();
  const { url } = await running;
  const name = `dtm_test_${randomBytes(6).toString('hex')}`;
  await administer(url, `create database ${name} ${options}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => administer(url, `drop database if exists ${name} with (force)`) };
}

/** Runs one statement, or several, on a connection of its own. */
export async function administer(url: string, statement: string): Promise<void> {
  await withClient(url, (client) => client.query(statement));
}

/** The one value that a statement gives, on a connection of its own. */
export async function queried(url: string, statement: string): Promise<unknown> {
  const { rows } = await withClient(url, (client) => client.query({ text: statement, rowMode: 'array' }));
  return rows[0]?.[0];
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

// Outside of mocha there is no hook; nothing there makes a database.
if (typeof after === 'function') {
  after(async () => {
    await (await running)?.stop();
  });
}
