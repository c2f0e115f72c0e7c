import type { Command } from 'commander';
import type { DatabasePlace } from '../../../server/store/existingDatabase.ts';
import type { Invocation } from '../../invocation.ts';
import type { Provenance } from '../../output/document.ts';

/** Where the server's data is. */
export interface PlaceOptions {
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  readonly envFileDir?: string;
}

/** Adds the options that say which server's data a command is about. */
export function addPlaceOptions(command: Command): Command {
  return command
    .option('--data-dir <dir>', "the server's data folder (default: DTM_DATA_DIR, else that of cf_cli serve)")
    .option('--database-url <url>', "the server's PostgreSQL database (default: DTM_DATABASE_URL)")
    .option('--env-file-dir <dir>', 'read settings (DTM_*) from the .env files in this folder, too');
}

/** Options stand above the environment. @throws DtmError `configuration` */
export async function placeOf({ surroundings }: Invocation, options: PlaceOptions): Promise<DatabasePlace> {
  const { readPlace } = await import('../../../server/settings.ts');
  return readPlace({ ...surroundings, env: placeEnvironment(surroundings.env, options) }, options.envFileDir);
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment with the place that the options name. A folder that is named there is meant, whatever database the
 * environment names.
 */
export function placeEnvironment(env: Environment, { dataDir, databaseUrl }: PlaceOptions): Environment {
  return {
    ...env,
    ...(databaseUrl === undefined ? {} : { DTM_DATABASE_URL: databaseUrl }),
    ...(dataDir === undefined ? {} : { DTM_DATA_DIR: dataDir, DTM_DATABASE_URL: databaseUrl }),
  };
}

/** What the server's own database said: there is no workspace, and nothing waits. */
export const fromDatabase: Provenance = { source: 'database', pending: 0 };
