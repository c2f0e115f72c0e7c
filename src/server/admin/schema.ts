import { connectExisting, type DatabasePlace } from '../store/existingDatabase.ts';
import { migrate, pendingMigrations } from '../store/migrate.ts';
import { withoutServers } from '../store/withoutServers.ts';

/**
 * The migrations that a database still needs.
 * @throws DtmError as `connectExisting` does, and `incompatible` if a newer server has changed it
 */
export async function pendingOf(place: DatabasePlace): Promise<readonly string[]> {
  const connection = await connectExisting(place, 'read');
  try {
    return await pendingMigrations(connection.db);
  } finally {
    await connection.close();
  }
}

/**
 * Brings a database to the schema of this version. The embedded one must not be in use.
 * @returns the migrations that were run
 * @throws DtmError as {@link pendingOf} does, and `unavailable` while a server runs on the data folder
 */
export async function migrateDatabase(place: DatabasePlace): Promise<readonly string[]> {
  const connection = await connectExisting(place, 'write');
  try {
    // Processes on one PostgreSQL database wait for each other's migrations by themselves.
    const work = () => migrate(connection.db);
    return await (connection.engine === 'sqlite' ? withoutServers(place, work) : work());
  } finally {
    await connection.close();
  }
}
