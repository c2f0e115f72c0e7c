import { type Entity, editableFields, fieldValue } from '../../../core/entity.ts';
import type { DtmError } from '../../../core/errors.ts';
import { jsonEqual } from '../../../core/json.ts';
import type { Operation } from '../../../core/operation.ts';
import type { BaseView, Clock, PushResult } from '../../../core/ports.ts';
import type { Problem } from '../../../core/problem.ts';
import { relationProblem, runCheck } from '../../../core/relations.ts';
import { outcomeProblem } from '../../../core/rules.ts';
import type { FieldForm } from './fieldForms.ts';
import type { Forms } from './forms.ts';
import type { TaskmanApi } from './taskmanApi.ts';

interface Version {
  readonly entity: Entity | null;
  readonly version: number;
}

export interface PushOptions {
  readonly api: TaskmanApi;
  readonly forms: Forms;
  readonly clock: Clock;
  readonly base: BaseView;
  readonly signal: AbortSignal;
}

/** What one push knows and has found out: the base, and over it what its own operations have changed. */
export class PushContext {
  readonly options: PushOptions;
  /** Backlog sprints that are known to exist. */
  readonly backlogs = new Set<string>();
  readonly #changed = new Map<string, Version>();

  constructor(options: PushOptions) {
    this.options = options;
  }

  formsOf(operation: Operation): readonly FieldForm[] {
    return this.options.forms[operation.entity];
  }

  get(id: string): Entity | null {
    return this.#now(id).entity;
  }

  /** @param entity as the server has it now, with what it cannot store; null: it does not exist */
  applied(operation: Operation, entity: Entity | null): PushResult {
    const { id, opId } = operation;
    const before = this.#now(id);
    const isSame = before.entity ? entity !== null && !differs(operation, before.entity, entity) : entity === null;
    const version = isSame && before.version > 0 ? before.version : before.version + 1;
    const stamped = entity && { ...entity, version };
    this.#changed.set(id, { entity: stamped, version });
    return { opId, outcome: 'applied', entity: stamped, version };
  }

  conflict(operation: Operation, fields: readonly string[], current: Entity | null, problem?: DtmError): PushResult {
    const why = problem === undefined ? {} : { problem: problemOf(problem) };
    return { opId: operation.opId, outcome: 'conflict', fields, current, ...why };
  }

  /** What is wrong with an entity as it would become: another one than the person saw was changed meanwhile. */
  problemOf(operation: Operation, before: Entity | null, entity: Entity): DtmError | undefined {
    const problem = outcomeProblem(operation, before, entity);
    return problem ?? runCheck(relationProblem(operation, entity, before), (id) => this.get(id));
  }

  #now(id: string): Version {
    const { base } = this.options;
    return this.#changed.get(id) ?? { entity: base.get(id), version: base.version(id) };
  }
}

export function rejected(operation: Operation, error: DtmError): PushResult {
  return { opId: operation.opId, outcome: 'rejected', problem: problemOf(error) };
}

export function skipped(operation: Operation, problem: Problem): PushResult {
  return { opId: operation.opId, outcome: 'skipped', problem };
}

function problemOf({ code, message, hint }: DtmError): Problem {
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

function differs({ entity: kind }: Operation, a: Entity, b: Entity): boolean {
  const fields = [...editableFields(kind), 'startedAt', 'completedAt'];
  return fields.some((field) => !jsonEqual(fieldValue(a, field), fieldValue(b, field)));
}
