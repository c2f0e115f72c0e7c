import type { Binding, KnownTracker } from '../core/binding.ts';
import type { Dialect } from '../core/dialect.ts';
import { type Entity, kindOf } from '../core/entity.ts';
import type { EntityKind } from '../core/ids.ts';
import type { Capabilities } from '../core/ports.ts';

export type { Binding } from '../core/binding.ts';

/** What a person may say about a server instead of letting it be found out. */
export interface ServerChoice {
  /** Default: the server is asked. */
  readonly dialect?: Dialect | undefined;
  /**
   * The account to act as, which must be signed in on this machine; default: who signed in last. Where nobody signs in,
   * the name to act in; default: the person's name on this machine.
   */
  readonly account?: string | undefined;
  /** The ids of the projects to read and show. Default: as the binding was before, else all. */
  readonly projects?: readonly string[] | 'all' | undefined;
}

/** Where the binding is remembered: the workspace's record in the user's state. */
export interface BindingRecord {
  readonly binding: Binding | undefined;
  bind(binding: Binding | undefined): Promise<void>;
  /** Those of earlier bindings, too. */
  trackers(): Promise<readonly KnownTracker[]>;
  /** The name of a binding's tracker. */
  nameOf(binding: Binding | undefined): string;
  /** @returns whether another process bound the workspace to something else */
  reload(): Promise<boolean>;
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
  /** What is read and shown; undefined: everything. */
  readonly projects: readonly string[] | undefined;
}

/** How many there are of each kind. */
export function countByKind(entities: readonly Entity[]): BindingPlan['toCreate'] {
  const count = (kind: EntityKind) => entities.filter((entity) => kindOf(entity) === kind).length;
  return { projects: count('project'), sprints: count('sprint'), tasks: count('task') };
}
