import type { Entity } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import { everything } from './everything.ts';
import { compareTasks, firstInOrder } from './ordering.ts';
import type { Children, TreeModel, TreeReader } from './treeModel.ts';
import { entityNode, groupNode, type TreeNode } from './treeNode.ts';

/** What is being worked on comes first, what is finished last. */
const workingOrder = ['in_progress', 'active', 'blocked', 'review', 'ready', 'new', 'done', 'dropped'] as const;

/** The flat working list: status → tasks. */
export class TasksModel implements TreeModel {
  readonly #tracker: TreeReader;

  constructor(tracker: TreeReader) {
    this.#tracker = tracker;
  }

  childrenOf(node: TreeNode | undefined, limit: number): Children {
    if (!node) return this.#statuses();
    if (node.type !== 'group' || node.group.kind !== 'taskStatus') return { nodes: [], total: 0 };
    const { status } = node.group;
    const tasks = everything(this.#tracker, 'task').filter((task) => task.status === status);
    const { first, total } = firstInOrder(tasks, compareTasks, limit);
    return { nodes: first.map((task) => entityNode('task', task.id)), total };
  }

  parentOf(_kind: EntityKind, entity: Entity): TreeNode {
    return groupNode({ kind: 'taskStatus', status: entity.status });
  }

  parentOfGroup(): undefined {
    return undefined;
  }

  shows(kind: EntityKind): boolean {
    return kind === 'task';
  }

  #statuses(): Children {
    const present = new Set<string>(everything(this.#tracker, 'task').map((task) => task.status));
    const nodes = workingOrder
      .filter((status) => present.has(status))
      .map((status) => groupNode({ kind: 'taskStatus', status }));
    return { nodes, total: nodes.length };
  }
}
