/** The files of a ledger; in the order of their names they are one sequence of records. */
export const ledgerFilePattern = /^\d{4}-\d{2}\.jsonl$/;

/**
 * The file that a record belongs to: that of its month, but never one before the latest file, where the clock went back.
 * @param at the record's time, RFC 3339 in UTC
 * @param latest the last file that there is
 */
export function ledgerFile(at: string, latest?: string): string {
  const own = `${at.slice(0, 7)}.jsonl`;
  return latest !== undefined && latest > own ? latest : own;
}
