import type { TrackerService } from '../../app/trackerService.ts';
import type { Entity } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import type { TreeNode } from './treeNode.ts';

/** What the trees read of the tracker. */
export type TreeReader = Pick<TrackerService, 'get' | 'list' | 'sprintsOf' | 'tasksOf' | 'count'>;

/** Some of a node's children, in order, and how many there are in all. */
export interface Children {
  readonly nodes: readonly TreeNode[];
  readonly total: number;
}

/** What stands where in a tree. It keeps nothing: every answer is read from the tracker as it is now. */
export interface TreeModel {
  /** @param limit how many children are wanted at most */
  childrenOf(node: TreeNode | undefined, limit: number): Children;
  /** Where an entity stands; undefined at the root. */
  parentOf(kind: EntityKind, entity: Entity): TreeNode | undefined;
  /** Where a group stands; undefined at the root. */
  parentOfGroup(node: TreeNode): TreeNode | undefined;
  /** Whether this tree shows that entity at all. */
  shows(kind: EntityKind): boolean;
}
