import {
  createOperation,
  type Dependents,
  deleteOperations,
  statusOperations,
  updateOperation,
} from '../../src/core/expand.ts';
import { newEntityId } from '../../src/core/ids.ts';
import { nextStatuses } from '../../src/core/lifecycle.ts';
import type { Operation } from '../../src/core/operation.ts';
import type { VisibleState } from '../../src/core/ports.ts';
import type { Sprint } from '../../src/core/sprint.ts';
import type { Task } from '../../src/core/task.ts';
import type { Taskman } from './taskman/taskman.ts';
import { author } from './trackerBench.ts';

type Random = () => number;

function pick<T>(random: Random, values: readonly T[]): T | undefined {
  return values[Math.floor(random() * values.length)];
}

/** What a person does next, chosen at random among what makes sense; empty where nothing does. */
export function randomOperations(random: Random, visible: VisibleState): Operation[] {
  const draw = random();
  const project = pick(random, [...visible.all('project')]);
  const task = pick(random, [...visible.all('task')]);
  const sprint = pick(random, [...visible.all('sprint')]);
  if (!project || draw < 0.02) return [create(random, 'project', { name: wordOf(random) })];
  if (draw < 0.06) return [create(random, 'sprint', { projectId: project.id, name: wordOf(random) })];
  if (!task || draw < 0.3)
    return [create(random, 'task', { projectId: project.id, ...taskDraft(random, visible, project.id) })];
  if (draw < 0.35) return deleteOperations(author, 'task', task, none, false);
  if (draw < 0.37 && sprint) return deleteOperations(author, 'sprint', sprint, dependentsOf(visible, sprint), false);
  if (draw < 0.55) return statusChange(random, task);
  if (draw < 0.62 && sprint) return [updateOperation(author, 'sprint', sprint, sprintDraft(random))];
  return [updateOperation(author, 'task', task, taskDraft(random, visible, task.projectId))];
}

const none: Dependents = { sprints: [], tasks: [] };

function dependentsOf(visible: VisibleState, sprint: Sprint): Dependents {
  return { sprints: [], tasks: [...visible.tasksOf(sprint.id)] };
}

function create(random: Random, kind: 'project' | 'sprint' | 'task', draft: object): Operation {
  const id = newEntityId(kind, (count) => Uint8Array.from({ length: count }, () => random() * 256));
  return createOperation(author, kind, id, { ...draft });
}

function statusChange(random: Random, task: Task): Operation[] {
  const to = pick(random, ['ready', 'in_progress', 'done', 'dropped', ...nextStatuses('task', task.status)]);
  if (to === undefined || to === task.status || to === 'blocked') return [];
  try {
    return statusOperations(author, 'task', task, to);
  } catch {
    return [];
  }
}

const texts = ['plain', '[1]', '{"a": [1, 2]}', 'žluťoučký 🐎', '[WIP] x', 'it\'s; "quoted"', 'two\nlines'];

function wordOf(random: Random): string {
  return `${pick(random, texts)} ${Math.floor(random() * 1_000)}`;
}

function taskDraft(random: Random, visible: VisibleState, projectId: string): Readonly<Record<string, unknown>> {
  const sprints = [...visible.sprintsOf(projectId)].map((one) => one.id);
  const draft: Readonly<Record<string, () => unknown>> = {
    title: () => (random() < 0.2 ? (pick(random, texts) ?? 'x') : wordOf(random)),
    description: () => (random() < 0.3 ? '' : (pick(random, texts) ?? '')),
    priority: () => pick(random, ['p0', 'p1', 'p2', 'p3']),
    severity: () => pick(random, ['sev1', 'sev4', null]),
    workType: () => pick(random, ['bug', 'feature', null]),
    owner: () => pick(random, ['bob', null]),
    assignees: () => pick(random, [[], ['eve'], ['eve', 'bob']]),
    labels: () => pick(random, [[], ['a'], ['a', 'b'], ['c']]),
    estimatePoints: () => pick(random, [null, 0, 3.5, 21]),
    actualHours: () => pick(random, [null, 0.1, 40]),
    acceptanceCriteria: () => pick(random, [[], [{ id: 'c1', text: 'holds', done: random() < 0.5 }]]),
    links: () => pick(random, [[], [{ title: 'A', url: 'https://a' }]]),
    sprintId: () => pick(random, [null, ...sprints]),
    dueAt: () => pick(random, [null, '2026-05-01T00:00:00.000Z']),
    custom: () => ({ n: Math.floor(random() * 10) }),
  };
  const fields = Object.keys(draft).filter((field) => field === 'title' || random() < 0.25);
  return Object.fromEntries(fields.map((field) => [field, draft[field]?.()]));
}

function sprintDraft(random: Random): Readonly<Record<string, unknown>> {
  const draft = {
    goal: pick(random, ['', 'ship', '[1]']),
    cadence: pick(random, ['weekly', 'monthly']),
    committedPoints: pick(random, [null, 5]),
    velocityTargetPoints: pick(random, [null, 8]),
  };
  return Object.fromEntries(Object.entries(draft).filter(() => random() < 0.5));
}

/** What another program does meanwhile, straight in the database. */
export function disturb(random: Random, rows: Taskman['primary']): string {
  const task = pick(random, rows.rows('tasks'));
  if (!task) return 'nothing';
  const id = String(task.id);
  const draw = random();
  if (draw < 0.6) {
    rows.write('tasks', id, { description: `theirs ${Math.floor(random() * 1_000)}` });
    return 'foreign writes';
  }
  if (draw < 0.7) {
    rows.remove('tasks', id);
    return 'foreign deletions';
  }
  if (draw < 0.85) {
    rows.write('tasks', id, { assignees: null });
    return 'poisoned rows';
  }
  rows.write('tasks', id, { risks: [{ risk: 'rain' }] });
  return 'foreign fields';
}

const crash = { status: 500, body: { detail: 'Internal server error', status_code: 500 }, isCrash: true } as const;

/** Sets one fault that some request will meet. @returns what it is */
export function injectFault(random: Random, taskman: Taskman): string {
  const method = pick(random, ['POST', 'PATCH', 'PUT', 'DELETE', 'GET', undefined]);
  const common = { times: 1, ...(method === undefined ? {} : { method }) };
  const draw = random();
  if (draw < 0.4) {
    taskman.faults.add({ ...common, when: 'after effect', act: 'reset' });
    return 'answers lost';
  }
  if (draw < 0.6) {
    taskman.faults.add({ ...common, when: 'before effect', act: 'reset' });
    return 'requests lost';
  }
  if (draw < 0.8) {
    taskman.faults.add({ ...common, when: 'before effect', act: crash });
    return 'crashes';
  }
  taskman.faults.add({ ...common, when: 'before effect', act: { delayMs: 5 } });
  return 'delays';
}
