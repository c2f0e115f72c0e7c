import packageJson from '../../../package.json' with { type: 'json' };
import { DtmError } from '../../core/errors.ts';
import { readSecretsFile } from '../auth/secrets.ts';
import { type BackupHeader, type BackupSummary, formatVersion } from '../backup/format.ts';
import { writeBackup } from '../backup/writeBackup.ts';
import { type Dump, dumping } from '../store/dump.ts';
import { connectExisting, type DatabaseConnection, type DatabasePlace } from '../store/existingDatabase.ts';

/**
 * Writes everything that a server needs to be restored, as it stands at one moment: its database and its keys. The
 * server may run; nobody waits.
 * @param replace whether a file of that name may be replaced
 * @throws DtmError as `connectExisting` does, `cannot-write`, `incompatible`, `not-found` (no server has started there)
 */
export async function backUp(place: DatabasePlace, path: string, replace: boolean): Promise<BackupSummary> {
  const summary = await backUpIfStarted(place, path, replace);
  if (summary) return summary;
  throw new DtmError('not-found', 'the database is empty: no DTM server has ever started on it', {
    hint: 'Name another one with --data-dir (DTM_DATA_DIR) or --database-url (DTM_DATABASE_URL).',
  });
}

/** Like {@link backUp}. @returns undefined if there is nothing to save, because no server has ever started there */
export async function backUpIfStarted(
  place: DatabasePlace,
  path: string,
  replace = false,
): Promise<BackupSummary | undefined> {
  const connection = await connectExisting(place, 'read');
  try {
    const secrets = connection.engine === 'sqlite' ? readSecretsFile(place.dataDir) : undefined;
    return await dumping(connection, secrets, (dump) => {
      return writeBackup(path, { header: headerOf(dump, connection), lines: dump.lines }, replace);
    });
  } finally {
    await connection.close();
  }
}

function headerOf({ schema, identity, head }: Dump, { engine }: DatabaseConnection): BackupHeader {
  return {
    format: 'dtm-backup',
    format_version: formatVersion,
    made_by: packageJson.version,
    made_at: new Date().toISOString(),
    engine,
    schema,
    server_id: identity.serverId,
    dataset_id: identity.datasetId,
    epoch: identity.epoch,
    head,
  };
}
