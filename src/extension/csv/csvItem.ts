import { basename } from 'node:path';
import { l10n, Range, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import type { CsvHeading, CsvNode, CsvProblemNode, CsvQuestionNode } from './csvNode.ts';

/** How a node about the CSV files looks. */
export function csvItem(node: CsvNode): TreeItem {
  switch (node.type) {
    case 'csvHeading':
      return headingItem(node);
    case 'csvQuestion':
      return questionItem(node);
    case 'csvProblem':
      return problemItem(node);
  }
}

function headingItem({ report }: CsvHeading): TreeItem {
  const label = l10n.t('Edits of the CSV files');
  const item = new TreeItem(label, TreeItemCollapsibleState.Expanded);
  const { problems } = report;
  item.id = 'csv';
  item.description = problems.length === 1 ? l10n.t('1 problem') : l10n.t('{0} problems', problems.length);
  if (problems.length === 0) item.description = l10n.t('to decide');
  item.iconPath = new ThemeIcon('table');
  item.contextValue = 'csvHeading';
  item.accessibilityInformation = { label: `${label}, ${item.description}` };
  return item;
}

function questionItem({ about, count }: CsvQuestionNode): TreeItem {
  const item = new TreeItem(questionText(about, count));
  item.id = `csv:${about}`;
  item.iconPath = new ThemeIcon('question');
  item.contextValue = 'csvQuestion';
  item.command = { command: 'dtm.decideCsv', title: l10n.t('Decide') };
  return item;
}

function questionText(about: CsvQuestionNode['about'], count: number): string {
  if (about === 'missing') return count === 1 ? l10n.t('1 row is gone') : l10n.t('{0} rows are gone', count);
  return count === 1 ? l10n.t('1 row is of unknown age') : l10n.t('{0} rows are of unknown age', count);
}

/** Enter opens the file at the row. */
function problemItem({ problem }: CsvProblemNode): TreeItem {
  const { path, line, cell, severity, message } = problem;
  const item = new TreeItem(message);
  const place = l10n.t('{0}, line {1}', basename(path), line);
  item.id = `csv:${path}:${line}:${cell ?? ''}:${message}`;
  item.description = place;
  item.tooltip = message;
  item.iconPath = new ThemeIcon(severity === 'error' ? 'error' : 'warning');
  item.contextValue = 'csvProblem';
  const selection = new Range(line - 1, 0, line - 1, 0);
  item.command = { command: 'vscode.open', title: l10n.t('Open File'), arguments: [Uri.file(path), { selection }] };
  item.accessibilityInformation = { label: `${message}, ${place}` };
  return item;
}
