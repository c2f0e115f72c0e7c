import { readFile } from 'node:fs/promises';
import { Diagnostic, DiagnosticSeverity, l10n, languages, Range, Uri } from 'vscode';
import { type CsvProblem, type CsvReport, emptyCsvReport } from '../../core/csvEdits.ts';
import type { Disposable } from '../../core/ports.ts';
import type { AppHost } from '../appHost.ts';
import type { Guard } from '../commands/guard.ts';
import { DisposableList } from '../disposableList.ts';
import { cellSpan } from './cellRange.ts';

const mostPerFile = 500;

/** Shows what is wrong in the CSV files where it stands, and in the Problems panel. */
export function showCsvDiagnostics(host: AppHost, guard: Guard): Disposable {
  const owned = new DisposableList();
  const collection = owned.add(languages.createDiagnosticCollection('DTM'));
  let shown: CsvReport = emptyCsvReport;
  const update = async () => {
    const report = host.app?.status.csv ?? emptyCsvReport;
    if (report === shown) return;
    shown = report;
    const found = await diagnosticsOf(report);
    // While the files were read, there may have been a newer report.
    if (shown !== report) return;
    collection.clear();
    for (const [path, diagnostics] of found) collection.set(Uri.file(path), diagnostics);
  };
  owned.add(host.onDidChangeStatus(() => void guard('csv-diagnostics', update)));
  return owned;
}

async function diagnosticsOf(report: CsvReport): Promise<Map<string, Diagnostic[]>> {
  const stale = report.stale.map(
    ({ path, line, id, fields }): CsvProblem => ({
      path,
      line,
      severity: 'warning',
      message: l10n.t(
        '{0} was copied from a state that is not known any more ({1}); decide about it',
        id,
        fields.join(', '),
      ),
    }),
  );
  const all = [...report.problems, ...stale];
  const found = new Map<string, Diagnostic[]>();
  for (const path of new Set(all.map((problem) => problem.path))) {
    const lines = await linesOf(path);
    const problems = all.filter((problem) => problem.path === path).slice(0, mostPerFile);
    found.set(
      path,
      problems.map((problem) => diagnosticOf(problem, lines)),
    );
  }
  return found;
}

function diagnosticOf({ line, cell, column, severity, message }: CsvProblem, lines: readonly string[]): Diagnostic {
  const { start, end } = cellSpan(lines[line - 1] ?? '', cell);
  const range = new Range(line - 1, start, line - 1, end);
  const level = severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
  const diagnostic = new Diagnostic(range, message, level);
  diagnostic.source = 'DTM';
  if (column !== undefined) diagnostic.code = column;
  return diagnostic;
}

/** Where it cannot be read any more, the lines are pointed at as a whole. */
async function linesOf(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
}
