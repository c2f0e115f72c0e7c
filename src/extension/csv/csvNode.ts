import type { CsvProblem, CsvReport } from '../../core/csvEdits.ts';

/** Heads what is not settled about the CSV files. */
export interface CsvHeading {
  readonly type: 'csvHeading';
  readonly report: CsvReport;
}

/** Something about them that only the person can decide. */
export interface CsvQuestionNode {
  readonly type: 'csvQuestion';
  readonly about: 'missing' | 'stale';
  readonly count: number;
}

export interface CsvProblemNode {
  readonly type: 'csvProblem';
  readonly problem: CsvProblem;
}

export type CsvNode = CsvHeading | CsvQuestionNode | CsvProblemNode;

/** What the Problems panel shows anyway need not stand here hundreds of times. */
const mostProblems = 50;

export function csvHeading(report: CsvReport): CsvHeading[] {
  const { problems, missing, stale } = report;
  return problems.length + missing.length + stale.length === 0 ? [] : [{ type: 'csvHeading', report }];
}

export function csvNodes({ report }: CsvHeading): CsvNode[] {
  const question = (about: CsvQuestionNode['about'], count: number): CsvQuestionNode[] =>
    count === 0 ? [] : [{ type: 'csvQuestion', about, count }];
  return [
    ...question('missing', report.missing.length),
    ...question('stale', report.stale.length),
    ...report.problems.slice(0, mostProblems).map((problem): CsvProblemNode => ({ type: 'csvProblem', problem })),
  ];
}
