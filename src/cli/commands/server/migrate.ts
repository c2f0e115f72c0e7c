import type { Command } from 'commander';
import type { Invocation } from '../../invocation.ts';
import { ExitCode } from '../../output/exitCodes.ts';
import { counted } from '../../output/plainText.ts';
import { perform, type Runtime } from '../../perform.ts';
import { addPlaceOptions, fromDatabase, type PlaceOptions, placeOf } from './place.ts';

interface MigrateOptions extends PlaceOptions {
  readonly check?: boolean;
}

export function buildMigrate(noun: Command, runtime: Runtime): void {
  const migrate = noun
    .command('migrate')
    .description('bring the database to the schema of this version, as the next start of the server would')
    .option('--check', 'change nothing, and exit with 65 if there is something to do');
  perform<MigrateOptions>(addPlaceOptions(migrate), runtime, (call, options) => {
    return options.check ? check(call, options) : run(call, options);
  });
}

async function check(call: Invocation, options: PlaceOptions): Promise<number> {
  const { pendingOf } = await import('../../../server/admin/schema.ts');
  const pending = await pendingOf(await placeOf(call, options));
  await present(call, { pending, applied: [] }, pending, 'not run yet');
  return pending.length === 0 ? ExitCode.ok : ExitCode.invalid;
}

async function run(call: Invocation, options: PlaceOptions): Promise<number> {
  const { migrateDatabase } = await import('../../../server/admin/schema.ts');
  const working = migrateDatabase(await placeOf(call, options));
  const applied = await call.output.waiting('migrating the database', working);
  await present(call, { pending: [], applied }, applied, 'run');
  return ExitCode.ok;
}

async function present(
  call: Invocation,
  fields: Readonly<Record<string, readonly string[]>>,
  names: readonly string[],
  what: string,
): Promise<void> {
  const list = names.map((name) => `\n  ${name}`).join('');
  const text =
    names.length === 0 ? 'the database is up to date' : `${counted(names.length, 'migration')} ${what}:${list}`;
  await call.output.item({ kind: 'migrations', id: names.join('\n'), fields, text }, fromDatabase);
}
