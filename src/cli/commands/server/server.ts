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
  buildUser(noun.command('user').description('who may sign in'), runtime);
  buildKeys(noun, runtime);
  buildMigrate(noun, runtime);
  buildBackup(noun, runtime);
}
