import { applyOperation } from '../core/apply.ts';
import { nothingLocal } from '../core/dialect.ts';
import type { Entity } from '../core/entity.ts';
import type { Operation } from '../core/operation.ts';
import type { Backend, BackendIdentity, PullPage, PushResult } from '../core/ports.ts';
import { relationProblem, runCheck } from '../core/relations.ts';
import { entityProblem } from '../core/rules.ts';
import { unitsOf } from './commitRecords.ts';
import type { TrackerState } from './trackerState.ts';

/**
 * The back end of a workspace that is bound to no server: a commit is the base. It answers like a server would, so that
 * nothing else needs to know.
 */
export class LocalBackend implements Backend {
  readonly capabilities = {
    operationIds: true,
    changesFeed: false,
    listing: false,
    login: false,
    events: false,
    groups: true,
    readOnly: false,
    localOnly: nothingLocal,
  };
  readonly #state: () => TrackerState;

  constructor(state: () => TrackerState) {
    this.#state = state;
  }

  identify(): Promise<BackendIdentity> {
    return Promise.resolve({ serverId: 'local', datasetId: 'local', epoch: 1 });
  }

  pull(): Promise<PullPage> {
    return Promise.resolve({ changes: [], next: 'local', hasMore: false });
  }

  push(operations: readonly Operation[]): Promise<readonly PushResult[]> {
    const overlay = new Map<string, Version>();
    return Promise.resolve(unitsOf(operations).flatMap((unit) => this.#apply(unit, overlay)));
  }

  /** Applies the operations of a unit together: one that fails takes the others along as `skipped`. */
  #apply(unit: readonly Operation[], overlay: Map<string, Version>): PushResult[] {
    const changed = new Map<string, Version>();
    const now = (id: string): Version =>
      changed.get(id) ?? overlay.get(id) ?? { entity: this.#state().base(id), version: this.#state().baseVersion(id) };
    const results = unit.map((operation) => {
      const before = now(operation.id);
      const result = answer(operation, before.entity, before.version + 1, (id) => now(id).entity);
      if (result.outcome === 'applied') changed.set(operation.id, result);
      return result;
    });
    const failed = results.find((result) => result.outcome !== 'applied');
    if (failed) return results.map((result) => (result === failed ? result : skipped(result.opId)));
    for (const [id, version] of changed) overlay.set(id, version);
    return results;
  }
}

interface Version {
  readonly entity: Entity | null;
  readonly version: number;
}

function skipped(opId: string): PushResult {
  const message = 'another operation of its group failed, and a group is applied as a whole or not at all';
  return { opId, outcome: 'skipped', problem: { code: 'conflict', message } };
}

function answer(
  operation: Operation,
  current: Entity | null,
  version: number,
  find: (id: string) => Entity | null,
): PushResult {
  const { opId } = operation;
  const result = applyOperation(current, operation, {
    now: operation.at,
    at: operation.at,
    actor: operation.account,
    version,
  });
  if (result.outcome === 'conflict') return { opId, outcome: 'conflict', fields: result.fields, current };
  if (!result.changed) return { opId, outcome: 'applied', entity: result.entity, version: version - 1 };
  if (result.entity === null) return { opId, outcome: 'applied', entity: null, version };
  const wrong = entityProblem(operation.entity, current, result.entity);
  const isNew = operation.kind === 'create';
  const problem = wrong ?? runCheck(relationProblem(operation.entity, result.entity, current, isNew), find);
  if (!problem) return { opId, outcome: 'applied', entity: result.entity, version };
  const hint = problem.hint === undefined ? {} : { hint: problem.hint };
  return { opId, outcome: 'rejected', problem: { code: problem.code, message: problem.message, ...hint } };
}
