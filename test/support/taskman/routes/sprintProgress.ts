import { isMap, numberIn, PyFloat, type Value } from '../python/value.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/table.ts';
import { tasks } from '../store/tables.ts';
import { caught } from './entityService.ts';

const mostTasks = 1000;

/** Progress by points: tasks without points count only in the numbers of tasks, dropped ones count in full. */
export function sprintProgress(database: Database, sprint: Value): Value {
  if (!isMap(sprint)) throw new TypeError('A sprint is shown as an object');
  const inSprint = caught(() => database.select(tasks, (row) => row.primary_sprint === sprint.id)).slice(0, mostTasks);
  const completed = inSprint.filter((task) => task.status === 'done');
  const [total, done] = [pointsOf(inSprint), pointsOf(completed)];
  return {
    sprint_id: sprint.id ?? null,
    name: sprint.name ?? null,
    status: sprint.status ?? null,
    task_count: inSprint.length,
    completed_count: completed.length,
    completion_percentage: new PyFloat(total > 0 ? roundedToTenth((done / total) * 100) : 0),
    total_points: new PyFloat(total),
    completed_points: new PyFloat(done),
    days_remaining: typeof sprint.end_date === 'string' ? daysUntil(sprint.end_date) : null,
  };
}

function pointsOf(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + (numberIn(row.estimate_points ?? null) ?? 0), 0);
}

/** Python's `round(x, 1)`: exact ties go to the even digit. */
function roundedToTenth(value: number): number {
  const tenths = value * 10;
  const isTie = tenths - Math.floor(tenths) === 0.5 && tenths / 10 === value;
  return isTie ? (2 * Math.round(tenths / 2)) / 10 : Number(value.toFixed(1));
}

/** From the server's own date; never negative. */
function daysUntil(date: string): number {
  const now = new Date();
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return Math.max(0, Math.round((Date.parse(date) - today) / 86_400_000));
}
