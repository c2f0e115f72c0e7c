import type { Entity } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import type { Task } from '../../core/task.ts';
import { everything } from './everything.ts';
import { compareProjects, compareSprints, compareTasks, firstInOrder } from './ordering.ts';
import { parentTask, subtasksOf } from './taskParents.ts';
import type { Children, TreeModel, TreeReader } from './treeModel.ts';
import { entityNode, groupNode, type TreeNode } from './treeNode.ts';

/** Project → sprints and backlog → tasks → subtasks; every entity stands in one place. */
export class ProjectsModel implements TreeModel {
  readonly #tracker: TreeReader;

  constructor(tracker: TreeReader) {
    this.#tracker = tracker;
  }

  childrenOf(node: TreeNode | undefined, limit: number): Children {
    if (!node) return this.#projects(limit);
    if (node.type === 'more') return { nodes: [], total: 0 };
    if (node.type === 'group') return node.group.kind === 'backlog' ? this.#backlog(node.group.projectId, limit) : none;
    if (node.kind === 'project') return this.#partsOf(node.id, limit);
    return this.#tasks(node.kind === 'sprint' ? this.#sprintTasks(node.id) : this.#subtasks(node.id), limit);
  }

  parentOf(kind: EntityKind, entity: Entity): TreeNode | undefined {
    if (kind === 'project') return undefined;
    if (kind === 'sprint' && 'projectId' in entity) return entityNode('project', entity.projectId);
    return 'title' in entity ? this.#placeOf(entity) : undefined;
  }

  parentOfGroup(node: TreeNode): TreeNode | undefined {
    const isBacklog = node.type === 'group' && node.group.kind === 'backlog';
    return isBacklog ? entityNode('project', node.group.projectId) : undefined;
  }

  shows(): boolean {
    return true;
  }

  #placeOf(task: Task): TreeNode {
    const parent = parentTask(this.#tracker, task);
    if (parent) return entityNode('task', parent.id);
    const sprint = task.sprintId === null ? undefined : this.#tracker.get('sprint', task.sprintId);
    return sprint ? entityNode('sprint', sprint.id) : groupNode({ kind: 'backlog', projectId: task.projectId });
  }

  #projects(limit: number): Children {
    const { first, total } = firstInOrder(everything(this.#tracker, 'project'), compareProjects, limit);
    return { nodes: first.map((project) => entityNode('project', project.id)), total };
  }

  #partsOf(projectId: string, limit: number): Children {
    const { first, total } = firstInOrder(this.#tracker.sprintsOf(projectId), compareSprints, limit);
    const sprints = first.map((sprint) => entityNode('sprint', sprint.id));
    if (!this.#hasBacklog(projectId)) return { nodes: sprints, total };
    // The backlog comes after the last sprint, so it is on the page only where that one is.
    const backlog = total < limit ? [groupNode({ kind: 'backlog', projectId })] : [];
    return { nodes: [...sprints, ...backlog], total: total + 1 };
  }

  #hasBacklog(projectId: string): boolean {
    for (const _ of this.#backlogTasks(projectId)) return true;
    return false;
  }

  #backlog(projectId: string, limit: number): Children {
    return this.#tasks(this.#backlogTasks(projectId), limit);
  }

  *#backlogTasks(projectId: string): Iterable<Task> {
    for (const task of this.#tracker.tasksOf(projectId)) if (this.#placeOf(task).type === 'group') yield task;
  }

  *#sprintTasks(sprintId: string): Iterable<Task> {
    for (const task of this.#tracker.tasksOf(sprintId)) if (!parentTask(this.#tracker, task)) yield task;
  }

  #subtasks(id: string): Iterable<Task> {
    const task = this.#tracker.get('task', id);
    return task ? subtasksOf(this.#tracker, task) : [];
  }

  #tasks(tasks: Iterable<Task>, limit: number): Children {
    const { first, total } = firstInOrder(tasks, compareTasks, limit);
    return { nodes: first.map((task) => entityNode('task', task.id)), total };
  }
}

const none: Children = { nodes: [], total: 0 };
