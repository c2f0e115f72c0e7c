import type { Entity } from '../entity.ts';
import type { GateVerdict } from '../gates/verdict.ts';
import type { Operation, Surface } from '../operation.ts';
import type { Sprint } from '../sprint.ts';
import type { FormChanges } from './entityForm.ts';
import type { Action, Outcome, Subject } from './record.ts';

/** Something that is to be recorded: an operation, what became of it, or what else happened. */
export interface EvidenceEvent {
  /** The operation, or another id that names this happening for ever. */
  readonly opId: string;
  /** Joins this with logs and requests. */
  readonly correlationId: string;
  readonly actor: string;
  readonly surface: Surface;
  readonly action: Action;
  readonly entity: Subject;
  readonly id: string;
  readonly outcome: Outcome;
  /** When it is recorded: RFC 3339 in UTC with milliseconds. */
  readonly at: string;
  /** When the person did it, where that was earlier. */
  readonly doneAt?: string | undefined;
  /** From the command to this outcome, in whole milliseconds. */
  readonly durationMs: number;
  /** The entity as it was seen before and after; null where there was or is none, and for what is no entity. */
  readonly before: Entity | null;
  readonly after: Entity | null;
  /** What the person called it (`task complete`), where that says more than the action. */
  readonly command?: string | undefined;
  readonly reason?: string | undefined;
  /** How many entities the same command changes. Default: one. */
  readonly touched?: number | undefined;
  readonly gates?: readonly GateVerdict[] | undefined;
  /** What is to be told of something that is no entity: names and values, in place of changed fields. */
  readonly facts?: FormChanges | undefined;
}

/** Where it happened. */
export interface EvidencePlace {
  /** The hash of the workspace's path. */
  readonly workspace: string;
  /** The hash of the machine's name. */
  readonly machine: string;
  /** The back end's origin; undefined where the workspace is bound to none. */
  readonly origin?: string | undefined;
  /** The checked-out branch and commit of the workspace's folder. */
  readonly git?: { readonly branch: string; readonly commit: string } | undefined;
  /** What the account may do there. */
  readonly permission?: string | undefined;
  /** The sprint that the entity belongs to, for the day of the sprint. */
  readonly sprint?: Sprint | undefined;
}

/** What an operation does not say about itself. */
export type Circumstances = Omit<
  EvidenceEvent,
  'opId' | 'actor' | 'surface' | 'action' | 'entity' | 'id' | 'doneAt' | 'reason'
>;

/** The event of an operation: of its commit (`intent`), or of what became of it. */
export function operationEvent(operation: Operation, circumstances: Circumstances): EvidenceEvent {
  const { opId, account, surface, kind, entity, id, at, reason } = operation;
  return { ...circumstances, opId, actor: account, surface, action: kind, entity, id, doneAt: at, reason };
}
