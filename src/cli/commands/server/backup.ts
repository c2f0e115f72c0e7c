import { statSync } from 'node:fs';
import type { Command } from 'commander';
import type { BackupSummary } from '../../../server/backup/format.ts';
import type { Invocation } from '../../invocation.ts';
import { counted } from '../../output/plainText.ts';
import { perform, type Runtime } from '../../perform.ts';
import { addPlaceOptions, fromDatabase, type PlaceOptions, placeOf } from './place.ts';

interface BackupOptions extends PlaceOptions {
  readonly force?: boolean;
}

export function buildBackup(noun: Command, runtime: Runtime): void {
  const backup = noun
    .command('backup')
    .description("write the server's data and keys to a file, also while the server runs")
    .argument('<file>')
    .option('--force', 'replace a file of that name');
  perform<BackupOptions>(addPlaceOptions(backup), runtime, backUp);
  const restore = noun
    .command('restore')
    .description('put a backup in the place of what the server has, which is kept; the server must be stopped')
    .argument('<file>');
  perform<PlaceOptions>(addPlaceOptions(restore), runtime, restoreBackup);
}

async function backUp(call: Invocation, options: BackupOptions, [file = '']: readonly string[]): Promise<void> {
  const admin = await import('../../../server/admin/backup.ts');
  const working = admin.backUp(await placeOf(call, options), file, options.force === true);
  const summary = await call.output.waiting('writing the backup', working);
  const bytes = statSync(file).size;
  const text = `wrote ${file} (${sizeOf(bytes)}) and read it again: ${contentOf(summary)}`;
  await call.output.item(
    { kind: 'backup', id: file, fields: { file, bytes, ...fieldsOf(summary) }, text },
    fromDatabase,
  );
}

async function restoreBackup(call: Invocation, options: PlaceOptions, [file = '']: readonly string[]): Promise<void> {
  const admin = await import('../../../server/admin/restore.ts');
  const place = await placeOf(call, options);
  const summary = await call.output.waiting('checking the backup', admin.inspectBackup(file));
  const where = place.databaseUrl === undefined ? place.dataDir : 'the PostgreSQL database';
  await call.prompts.confirm(
    `Replace everything in ${where} by the backup of ${summary.header.made_at} (${contentOf(summary)})?`,
  );
  const restored = await call.output.waiting('restoring the backup', admin.restoreBackup(place, file));
  const kept = restored.keptIn === undefined ? '' : `; what was there before is kept in ${restored.keptIn}`;
  const text = `restored ${contentOf(summary)} of ${summary.header.made_at}${kept}`;
  const fields = { ...fieldsOf(summary), file, epoch: restored.epoch, kept_in: restored.keptIn ?? null };
  await call.output.item({ kind: 'restore', id: file, fields, text }, fromDatabase);
}

function fieldsOf({ header, rows }: BackupSummary): Readonly<Record<string, unknown>> {
  const { format: _, ...facts } = header;
  return { ...facts, rows };
}

function contentOf({ rows }: BackupSummary): string {
  const count = (table: string, noun: string) => counted(rows[table] ?? 0, noun);
  return `${count('projects', 'project')}, ${count('sprints', 'sprint')}, ${count('tasks', 'task')}, ${count('users', 'user')}`;
}

function sizeOf(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
