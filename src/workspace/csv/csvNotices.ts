import type { CsvProblem, CsvReport, StaleRow } from '../../core/csvEdits.ts';
import { type Entity, labelOf } from '../../core/entity.ts';
import { isDtmError, systemCode } from '../../core/errors.ts';
import type { Notice } from '../../core/ports.ts';

/** What people are told about edits of the CSV files, one notice for each thing that they may have to do. */
export function reportNotices(report: CsvReport, nameOf: (path: string) => string): Notice[] {
  const notices = [
    ...report.untrusted.slice(0, 1).map((path) => untrusted(report.untrusted.map(nameOf), path)),
    ...filesOf(report.problems).map((path) => invalid(report.problems, path, nameOf(path))),
  ];
  if (report.missing.length > 0) notices.push(missing(report.missing));
  if (report.stale.length > 0) notices.push(stale(report.stale, nameOf));
  return notices;
}

function untrusted(names: readonly string[], path: string): Notice {
  return {
    code: 'csv-edit-untrusted',
    message: `${names.join(', ')} came with this folder; nothing was read from it`,
    hint: 'Trust the folder if you know where it comes from.',
    file: path,
  };
}

function filesOf(problems: readonly CsvProblem[]): string[] {
  return [...new Set(problems.filter(({ severity }) => severity === 'error').map(({ path }) => path))];
}

function invalid(problems: readonly CsvProblem[], path: string, name: string): Notice {
  const [first, ...others] = problems.filter((one) => one.path === path && one.severity === 'error');
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return {
    code: 'csv-edit-invalid',
    message: `${name}, line ${first?.line}: ${first?.message.replace(/\.$/, '')}${more}`,
    hint: 'The other rows were taken in. Correct the file, or rewrite the CSV files; it is left as it is meanwhile.',
    file: path,
  };
}

function missing(entities: readonly Entity[]): Notice {
  const [first] = entities;
  const what = entities.length === 1 && first ? `${first.id} (${labelOf(first)}) is` : `${entities.length} rows are`;
  return {
    code: 'csv-edit-missing',
    message: `${what} gone from the CSV files; nothing was deleted`,
    hint: entities.length === 1 ? 'Delete it, or write it back?' : 'Delete them, or write them back?',
  };
}

function stale(rows: readonly StaleRow[], nameOf: (path: string) => string): Notice {
  const [first] = rows;
  const where = first ? `${nameOf(first.path)}, line ${first.line}: ` : '';
  const more = rows.length === 1 ? '' : ` (and ${rows.length - 1} more)`;
  return {
    code: 'csv-edit-stale',
    message: `${where}${first?.id} was copied from a state that is not known any more${more}`,
    hint: 'Say whether what differs there is to be taken over, or discarded.',
  };
}

/** Files that cannot be read at all. */
export function unreadableNotice(folder: string, error: unknown): Notice {
  return {
    code: 'csv-edit-unreadable',
    message: isDtmError(error) ? error.message : `the CSV files in ${folder} cannot be read: ${systemCode(error)}`,
    hint: `${(isDtmError(error) && error.hint) || 'See that you may read them.'} Your changes are safe in the journal.`,
    file: folder,
  };
}
