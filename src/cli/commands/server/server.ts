import type { Command } from 'commander';
import type { Runtime } from '../../perform.ts';
import { buildBackup } from './backup.ts';
import { buildKeys } from './keys.ts';
import { buildMigrate } from './migrate.ts';
import { buildUser } from './user.ts';

/**
 * What whoever runs a server does with its data, on the machine of the server. Nothing here needs a password: who can
 * read the database can do all of it.
 */
export function buildServer(noun: Command, runtime: Runtime): void {
  noun.addHelpText('after', examples);
  buildUser(noun.command('user').description('who may sign in'), runtime);
  buildKeys(noun, runtime);
  buildMigrate(noun, runtime);
  buildBackup(noun, runtime);
}

const examples = `
Examples:
  cf_cli server user add ada --role admin      make a user, and a password that is shown once
  cf_cli server user passwd ada                give another one, and end the sessions of ada
  cf_cli server backup dtm.dtm-backup          save everything, while the server goes on
  cf_cli server restore dtm.dtm-backup         bring it back; stop the server first
  cf_cli server migrate --check                exit 65 if an update has something to migrate

Which server: --data-dir DIR or --database-url URL, else DTM_DATA_DIR or DTM_DATABASE_URL, else that of cf_cli serve.
`;
