import { applyOperation } from '../apply.ts';
import { type Entity, fieldsOf, fieldValue, kindOf, schemaOf } from '../entity.ts';
import { DtmError } from '../errors.ts';
import { type EntityKind, kindOfId } from '../ids.ts';
import { jsonEqual } from '../json.ts';
import type { Operation } from '../operation.ts';
import type { VisibleState } from '../ports.ts';
import { relationProblem, runCheck } from '../relations.ts';
import { entityProblem, outcomeProblem } from '../rules.ts';
import { wireName } from '../wire.ts';

/** What one operation of a group does to what the person sees, and what is wrong with that. */
export interface Step {
  readonly operation: Operation;
  readonly before: Entity | null;
  readonly after: Entity | null;
  readonly schema: DtmError | undefined;
  readonly lifecycle: DtmError | undefined;
  readonly relations: DtmError | undefined;
}

/** What a group of operations does to one entity altogether. */
export interface NetChange {
  readonly before: Entity | null;
  readonly after: Entity | null;
}

/** A group of operations, applied without keeping the result. */
export interface Simulation {
  readonly steps: readonly Step[];
  readonly changes: readonly NetChange[];
  /** The entity as it would be afterwards. */
  find(id: string): Entity | null;
}

/**
 * Applies a group of operations to what the person sees, in order and without keeping the result.
 * @param options `isChecked`: nothing is wrong with them, and nothing is looked for
 * @throws DtmError `conflict` where an entity was changed meanwhile
 */
export function simulate(
  visible: Pick<VisibleState, 'get'>,
  operations: readonly Operation[],
  options: { readonly isChecked: boolean },
): Simulation {
  const net = new Map<string, NetChange>();
  const find = (id: string) => {
    const change = net.get(id);
    return change ? change.after : visibleEntity(visible, id);
  };
  const steps = operations.map((operation) => {
    const step = stepOf(operation, find, options.isChecked);
    const first = net.get(operation.id)?.before;
    net.set(operation.id, { before: first === undefined ? step.before : first, after: step.after });
    return step;
  });
  return { steps, changes: [...net.values()], find };
}

/** The fields in which an entity differs from what it was; all that are there where it is new, none where it goes. */
export function changedFields({ before, after }: NetChange): readonly string[] {
  if (!after) return [];
  const fields = fieldsOf(kindOf(after));
  return before ? fields.filter((field) => !jsonEqual(fieldValue(before, field), fieldValue(after, field))) : fields;
}

function visibleEntity(visible: Pick<VisibleState, 'get'>, id: string): Entity | null {
  const kind = kindOfId(id);
  return (kind && visible.get(kind, id)) ?? null;
}

function stepOf(operation: Operation, find: (id: string) => Entity | null, isChecked: boolean): Step {
  const before = find(operation.id);
  const result = applyOperation(before, operation, { now: operation.at, at: operation.at, actor: operation.account });
  if (result.outcome === 'conflict') throw changedMeanwhile(operation);
  const after = result.entity;
  const step = { operation, before, after };
  if (isChecked || after === null || !result.changed) return { ...step, ...noProblems };
  const relations = runCheck(relationProblem(operation, after, before), find);
  return { ...step, relations, ...entityProblems(operation, before, after) };
}

const noProblems = { schema: undefined, lifecycle: undefined, relations: undefined };

function entityProblems(operation: Operation, before: Entity | null, after: Entity) {
  const kind = operation.entity;
  const problem = outcomeProblem(operation, before, after);
  const lifecycle = problem?.code === 'illegal-transition' ? problem : undefined;
  // Behind an illegal step the rest was not looked at yet.
  const rest = lifecycle ? entityProblem(kind, null, after) : problem;
  return { lifecycle, schema: rest ?? schemaProblem(kind, { before, after }) };
}

/** What was wrong before, as other servers allow, must not forbid another change. */
function schemaProblem(kind: EntityKind, change: NetChange): DtmError | undefined {
  const changed = new Set(changedFields(change));
  const issues = schemaOf(kind).safeParse(change.after).error?.issues ?? [];
  const issue = issues.find(({ path }) => path.length === 0 || changed.has(String(path[0])));
  if (!issue) return undefined;
  const path = issue.path.map((step) => wireName(String(step))).join('.');
  return new DtmError('validation', `${path === '' ? `this ${kind}` : path} is not valid: ${issue.message}`, {
    fields: [{ path, code: issue.code ?? 'invalid', message: issue.message }],
    hint: 'Correct the value and try again.',
  });
}

function changedMeanwhile(operation: Operation): DtmError {
  return new DtmError('conflict', `${operation.id} was changed meanwhile`, {
    hint: 'Look at it again and repeat the change.',
  });
}
