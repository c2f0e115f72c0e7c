export type { Binding } from '../core/binding.ts';

/** What binding would do, to be shown before the person says yes. */
export interface BindingPlan {
  readonly origin: string;
  readonly serverId: string;
  readonly datasetId: string;
  readonly epoch: number;
  readonly account: string;
  /** Local entities that would be created on the server. */
  readonly toCreate: { readonly projects: number; readonly sprints: number; readonly tasks: number };
  /** Whether the workspace is bound to this very server, data and account already. */
  readonly alreadyBound: boolean;
}
