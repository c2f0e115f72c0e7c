import type { EntityKind } from '../../core/ids.ts';

/** A project, sprint or task where it stands in a tree. */
export interface EntityNode {
  readonly type: 'entity';
  /** Unique and stable within its tree: the editor remembers by it what is unfolded. */
  readonly key: string;
  readonly kind: EntityKind;
  readonly id: string;
}

/** A heading that gathers entities: a backlog, the sprints of a phase, the tasks of a status. */
export interface GroupNode {
  readonly type: 'group';
  readonly key: string;
  readonly group: Group;
}

/** Stands for the siblings that are not shown yet. */
export interface MoreNode {
  readonly type: 'more';
  readonly key: string;
  /** The node whose children go on; undefined at the root. */
  readonly parentKey: string | undefined;
  readonly hidden: number;
}

export type Group =
  | { readonly kind: 'backlog'; readonly projectId: string }
  | { readonly kind: 'sprintPhase'; readonly phase: SprintPhase }
  | { readonly kind: 'taskStatus'; readonly status: string };

export type SprintPhase = 'active' | 'planned' | 'closed';
export type TreeNode = EntityNode | GroupNode | MoreNode;

export function entityNode(kind: EntityKind, id: string): EntityNode {
  return { type: 'entity', key: id, kind, id };
}

export function groupNode(group: Group): GroupNode {
  return { type: 'group', key: groupKey(group), group };
}

function groupKey(group: Group): string {
  if (group.kind === 'backlog') return `backlog:${group.projectId}`;
  return group.kind === 'sprintPhase' ? `phase:${group.phase}` : `status:${group.status}`;
}
