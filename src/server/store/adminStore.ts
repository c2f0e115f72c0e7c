import { DtmError } from '../../core/errors.ts';
import { connectExisting, type DatabaseConnection, type DatabasePlace } from './existingDatabase.ts';
import { pendingMigrations } from './migrate.ts';
import type { Store } from './store.ts';
import { transactionOver } from './transaction.ts';

/** A store for the administrator's commands, which run beside a server as well as without one. */
export type AdminStore = Pick<Store, 'engine' | 'read' | 'write' | 'close'>;

/**
 * Opens the store of a database that is there and has this version's schema.
 * @throws DtmError as `connectExisting` does, and `incompatible` for an older or newer schema
 */
export async function openAdminStore(place: DatabasePlace): Promise<AdminStore> {
  const connection = await connectExisting(place, 'write');
  try {
    await requireCurrent(connection);
    return storeOver(connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function requireCurrent({ db }: DatabaseConnection): Promise<void> {
  const pending = await pendingMigrations(db);
  if (pending.length === 0) return;
  throw new DtmError('incompatible', `the database has an older schema (${pending.join(', ')} not run yet)`, {
    hint: 'Run: cf_cli server migrate',
  });
}

async function storeOver({ engine, db, close }: DatabaseConnection): Promise<AdminStore> {
  const read: Store['read'] = (work) => db.transaction().execute((tx) => work(transactionOver(tx)));
  if (engine === 'sqlite') {
    const { tellable } = await import('./sqliteErrors.ts');
    return { engine, read: (work) => tellable(read(work)), write: (work) => tellable(read(work)), close };
  }
  const { inWriteTransaction } = await import('./postgresPool.ts');
  const { tellable } = await import('./postgresErrors.ts');
  const write: Store['write'] = (work) => inWriteTransaction(db, (tx) => work(transactionOver(tx)));
  return { engine, read: (work) => tellable(read(work)), write: (work) => tellable(write(work)), close };
}
