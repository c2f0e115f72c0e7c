import type { ImportPlan } from '../../app/importing.ts';
import type { FileCounts, ForeignProblem, MadeProject } from '../../core/foreignTable.ts';
import type { SyncReport } from '../../core/ports.ts';
import type { Fields } from '../output/document.ts';
import type { Output } from '../output/output.ts';
import { counted, oneLine } from '../output/plainText.ts';

/** `--json` has all of them. */
const problemsShown = 20;

/** Says what a person should know before the import is done, and after `--dry-run`. */
export function tellFindings(output: Output, plan: ImportPlan): void {
  const { authority, problems, madeProjects } = plan;
  if (authority.sentinel !== null) output.warn(sentinelText(authority.sentinel), sentinelHint);
  for (const file of authority.exports) {
    output.warn(`${file} says that it is a copy of what an API answered; there may be newer data there`);
  }
  for (const project of madeProjects) output.note(madeText(project));
  for (const problem of problems.slice(0, problemsShown)) output.note(problemText(problem));
  const more = problems.length - problemsShown;
  if (more > 0) output.note(`… and ${counted(more, 'more problem')}; --json lists all of them`);
}

function sentinelText(path: string): string {
  return `the database has the authority, says ${path}: these CSV files are read-only exports of it and may be older`;
}

const sentinelHint = 'They are read and never written. Export them anew first if the database has changed since.';

function madeText({ id, sprints, tasks, isForHomeless }: MadeProject): string {
  const both = [...(sprints > 0 ? [counted(sprints, 'sprint')] : []), ...(tasks > 0 ? [counted(tasks, 'task')] : [])];
  const many = sprints + tasks > 1;
  if (isForHomeless) return `${both.join(' and ')} ${many ? 'name' : 'names'} no project: ${id} will be made for them`;
  return `project ${id} is named by ${both.join(' and ')} and has no row: it will be made`;
}

function problemText({ file, line, column, message }: ForeignProblem): string {
  const where = `${file}${line === undefined ? '' : `:${line}`}`;
  return oneLine(`${where}${column === undefined ? '' : `, ${column}`}: ${message}`);
}

/** What an import does or would do, and what becomes of each file's rows. */
export function summary(plan: ImportPlan, isDry: boolean): string {
  const { known, adjusted, files } = plan;
  const first = [
    `${isDry ? 'would create' : 'created'} ${amounts(plan)} from ${plan.origin} (${plan.server})`,
    ...(known > 0 ? [`${known} were here already, and were left as they are`] : []),
    ...(adjusted > 0 ? [`${adjusted} lacked something that is required here, and got it`] : []),
  ].join('; ');
  return [first, ...fileLines(files, isDry)].join('\n');
}

/** A line for each file, such as `  tasks.csv: 4 rows: 2 created, 1 unchanged, 1 skipped`. */
export function fileLines(files: readonly FileCounts[], isDry: boolean): string[] {
  return files.map((counts) => {
    const { file, rows, created, unchanged, different, gone, skipped } = counts;
    const parts: readonly (readonly [number, string])[] = [
      [created, isDry ? 'to create' : 'created'],
      [unchanged, 'here already'],
      [different, 'here with other values, which stay'],
      [gone, 'deleted or refused here before'],
      [skipped, 'skipped'],
    ];
    const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    return oneLine(`  ${file}: ${[counted(rows, 'row'), ...(said.length > 0 ? [said.join(', ')] : [])].join(': ')}`);
  });
}

export function amounts({ toCreate: { projects, sprints, tasks } }: ImportPlan): string {
  return `${counted(projects, 'project')}, ${counted(sprints, 'sprint')} and ${counted(tasks, 'task')}`;
}

/** The same for scripts. @param sent what became of it at the server, where the workspace belongs to one */
export function reportFields(plan: ImportPlan, isDry: boolean, sent: SyncReport | undefined): Fields {
  const { origin, server, toCreate, known, adjusted, problems, authority } = plan;
  return {
    from: origin,
    name: server,
    created: isDry ? null : toCreate,
    to_create: toCreate,
    known,
    adjusted,
    files: plan.files.map(({ file, rows, created, unchanged, different, gone, skipped }) => {
      return { file, rows, to_create: created, unchanged, different, deleted: gone, skipped };
    }),
    made_projects: plan.madeProjects.map(({ id, sprints, tasks }) => ({ id, sprints, tasks })),
    authority: { sentinel: authority.sentinel, exports: [...authority.exports] },
    problems: [...problems],
    sent: sent ? sentFields(sent) : null,
  };
}

function sentFields({ pushed, pending, conflicts, rejected, error }: SyncReport): Fields {
  return { pushed, pending, conflicts, rejected, error: error?.code ?? null };
}
