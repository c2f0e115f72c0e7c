import { type Burndown, burndown, type RecordedEvent, type SprintSpan } from '../../core/burndown.ts';
import { isFinished } from '../../core/lifecycle.ts';
import type { Sprint } from '../../core/sprint.ts';
import { type SprintResult, sprintResult, type Velocity, velocity, velocitySprints } from '../../core/velocity.ts';
import type { AuditRecord } from '../store/auditTable.ts';
import type { Transaction } from '../store/store.ts';

/** More changes than a sprint itself ever has. */
const mostChanges = 10_000;

/** The burndown of a sprint from its history. @param now RFC 3339 in UTC */
export async function burndownOf(tx: Transaction, sprint: Sprint, now: string): Promise<Burndown> {
  const changes = await tx.audit.list({ entity: 'sprint', id: sprint.id }, mostChanges);
  const history = await tx.sprintHistory.of(sprint.id);
  return burndown(spanOf(sprint, changes.reverse(), history, now), history);
}

function spanOf(
  sprint: Sprint,
  changes: readonly AuditRecord[],
  history: readonly RecordedEvent[],
  now: string,
): SprintSpan {
  const started = changes.find(({ fields }) => isUnderWay(fields.status?.to));
  const finished = isFinished('sprint', sprint.status) ? finishOf(sprint, changes, history) : null;
  return {
    firstDay: sprint.startDate ?? dayOf(started?.at ?? sprint.createdAt),
    endDay: sprint.endDate,
    startedSeq: started?.seq ?? null,
    finishedSeq: finished?.seq ?? null,
    lastDay: dayOf(finished?.at ?? now),
  };
}

function isUnderWay(status: unknown): boolean {
  return status === 'active' || status === 'in_progress';
}

interface Finish {
  readonly seq: number | null;
  readonly at: string;
}

/** The change that finished it; a sprint from before there was an audit says only when. */
function finishOf(sprint: Sprint, changes: readonly AuditRecord[], history: readonly RecordedEvent[]): Finish {
  const recorded = changes.find(({ fields }) => isFinished('sprint', String(fields.status?.to)));
  if (recorded) return recorded;
  const at = sprint.completedAt ?? sprint.updatedAt;
  return { seq: history.find((event) => event.at > at)?.seq ?? null, at };
}

/** What the last completed sprints of a project brought. */
export async function velocityOf(tx: Transaction, sprints: readonly Sprint[], now: string): Promise<Velocity> {
  const completed = sprints.filter(({ completedAt }) => completedAt !== null).sort(byCompletion);
  const results: SprintResult[] = [];
  for (const sprint of completed.slice(-velocitySprints)) {
    const { committed, days } = await burndownOf(tx, sprint, now);
    results.push(sprintResult(sprint, committed.points, days.at(-1)?.points ?? committed.points));
  }
  return velocity(results);
}

function byCompletion(a: Sprint, b: Sprint): number {
  const [x, y] = [`${a.completedAt} ${a.id}`, `${b.completedAt} ${b.id}`];
  return x < y ? -1 : Number(x > y);
}

function dayOf(at: string): string {
  return at.slice(0, 10);
}
