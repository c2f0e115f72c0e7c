import * as z from 'zod';
import { DtmError } from '../../core/errors.ts';

/**
 * A backup is gzip of lines of JSON: the header; then for each table a line that names its columns, and lines with
 * rows; at last how many rows there were, and the SHA-256 of all that came before. It holds values, not pages of a
 * database, so that a backup of either engine can be restored into either, and into the schema of a later version.
 */
export const formatVersion = 1;

export const backupHeader = z.object({
  format: z.literal('dtm-backup'),
  format_version: z.int(),
  /** The version of DTM that wrote it. */
  made_by: z.string(),
  made_at: z.string(),
  engine: z.enum(['sqlite', 'postgresql']),
  /** The last migration that the database had seen. */
  schema: z.string(),
  server_id: z.string(),
  dataset_id: z.string(),
  epoch: z.int(),
  /** The number of the newest change. */
  head: z.int(),
});
export type BackupHeader = z.infer<typeof backupHeader>;

export const tableLine = z.strictObject({ table: z.string(), columns: z.array(z.string()).min(1) });
export const endLine = z.strictObject({ end: z.record(z.string(), z.int()), sha256: z.string() });

export type Value = string | number | null;

/** What a backup holds after its header. */
export type BackupPart =
  | { readonly kind: 'table'; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: 'rows'; readonly rows: readonly (readonly Value[])[] };

/** How many rows each table has. */
export type RowCounts = Readonly<Record<string, number>>;

export interface BackupSummary {
  readonly header: BackupHeader;
  readonly rows: RowCounts;
}

export function damagedBackup(path: string, why: string, cause?: unknown): DtmError {
  return new DtmError('damaged-file', `${path} is no usable backup: ${why}`, {
    hint: 'Take another backup file; nothing was changed.',
    cause,
  });
}
