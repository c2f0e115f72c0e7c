import type { Entity } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import type { Sprint } from '../../core/sprint.ts';
import type { Task } from '../../core/task.ts';
import { everything } from './everything.ts';
import { compareSprints, compareTasks, firstInOrder, phaseOf } from './ordering.ts';
import { parentTask, subtasksOf } from './taskParents.ts';
import type { Children, TreeModel, TreeReader } from './treeModel.ts';
import { entityNode, groupNode, type SprintPhase, type TreeNode } from './treeNode.ts';

const phases: readonly SprintPhase[] = ['active', 'planned', 'closed'];

/** Active, planned and closed sprints → tasks → subtasks of the same sprint. */
export class SprintsModel implements TreeModel {
  readonly #tracker: TreeReader;

  constructor(tracker: TreeReader) {
    this.#tracker = tracker;
  }

  childrenOf(node: TreeNode | undefined, limit: number): Children {
    if (!node) return this.#phases();
    if (node.type === 'group' && node.group.kind === 'sprintPhase') return this.#sprints(node.group.phase, limit);
    if (node.type !== 'entity') return { nodes: [], total: 0 };
    const tasks = node.kind === 'sprint' ? this.#sprintTasks(node.id) : this.#subtasks(node.id);
    const { first, total } = firstInOrder(tasks, compareTasks, limit);
    return { nodes: first.map((task) => entityNode('task', task.id)), total };
  }

  parentOf(kind: EntityKind, entity: Entity): TreeNode | undefined {
    if (kind === 'sprint') return groupNode({ kind: 'sprintPhase', phase: phaseOf(entity as Sprint) });
    if (!('title' in entity) || entity.sprintId === null) return undefined;
    const parent = this.#parentInSprint(entity);
    return parent ? entityNode('task', parent.id) : entityNode('sprint', entity.sprintId);
  }

  parentOfGroup(): undefined {
    return undefined;
  }

  shows(kind: EntityKind): boolean {
    return kind !== 'project';
  }

  #phases(): Children {
    const present = new Set(everything(this.#tracker, 'sprint').map(phaseOf));
    const nodes = phases
      .filter((phase) => present.has(phase))
      .map((phase) => groupNode({ kind: 'sprintPhase', phase }));
    return { nodes, total: nodes.length };
  }

  #sprints(phase: SprintPhase, limit: number): Children {
    const inPhase = everything(this.#tracker, 'sprint').filter((sprint) => phaseOf(sprint) === phase);
    const { first, total } = firstInOrder(inPhase, compareSprints, limit);
    return { nodes: first.map((sprint) => entityNode('sprint', sprint.id)), total };
  }

  *#sprintTasks(sprintId: string): Iterable<Task> {
    for (const task of this.#tracker.tasksOf(sprintId)) if (!this.#parentInSprint(task)) yield task;
  }

  *#subtasks(id: string): Iterable<Task> {
    const task = this.#tracker.get('task', id);
    if (!task) return;
    for (const other of subtasksOf(this.#tracker, task)) if (other.sprintId === task.sprintId) yield other;
  }

  #parentInSprint(task: Task): Task | undefined {
    const parent = parentTask(this.#tracker, task);
    return parent?.sprintId === task.sprintId ? parent : undefined;
  }
}
