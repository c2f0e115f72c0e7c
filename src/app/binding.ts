import type { Dialect } from '../core/dialect.ts';
import { type Entity, kindOf } from '../core/entity.ts';
import type { EntityKind } from '../core/ids.ts';
import type { Capabilities } from '../core/ports.ts';

export type { Binding } from '../core/binding.ts';

/** What a person may say about a server instead of letting it be found out. */
export interface ServerChoice {
  /** Default: the server is asked. */
  readonly dialect?: Dialect | undefined;
  /** The name to act in where nobody signs in. Default: the person's name on this machine. */
  readonly account?: string | undefined;
}

/** What binding would do, to be shown before the person says yes. */
export interface BindingPlan {
  readonly origin: string;
  readonly serverId: string;
  readonly datasetId: string;
  readonly epoch: number;
  readonly account: string;
  readonly dialect: Dialect;
  /** What it is, for people: `TaskMan-v2 0.1.0`. */
  readonly server: string;
  readonly capabilities: Capabilities;
  /** Local entities that would be created on the server. */
  readonly toCreate: { readonly projects: number; readonly sprints: number; readonly tasks: number };
  /** Whether the workspace is bound to this very server, data and account already. */
  readonly alreadyBound: boolean;
}

/** How many there are of each kind. */
export function countByKind(entities: readonly Entity[]): BindingPlan['toCreate'] {
  const count = (kind: EntityKind) => entities.filter((entity) => kindOf(entity) === kind).length;
  return { projects: count('project'), sprints: count('sprint'), tasks: count('task') };
}
