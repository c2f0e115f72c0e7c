import { type Answer, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';
import { ProblemError } from '../http/problemError.ts';
import { isMap, type Value } from '../python/value.ts';
import { planStep } from '../schemas/stateRequests.ts';
import type { Row } from '../store/table.ts';
import { anyText } from './paging.ts';
import { areDone, byOrder, insertPart, nowInUtc, nowText, partsOf } from './parts.ts';
import type { StateService } from './stateService.ts';

const query = (name: string) => ({ name: 'Query', fields: { [name]: anyText } });

/** Approving, starting and abandoning a plan, and what happens to its steps. */
export function lifecycleRoutes(base: string, service: StateService): Route[] {
  const one = `${base}/{id}`;
  const on = (work: (service: StateService, call: Call) => Answer) => (call: Call) => work(service, call);
  return [
    { method: 'POST', path: `${one}/approve`, handle: on(approve) },
    { method: 'POST', path: `${one}/start`, handle: on(start) },
    { method: 'POST', path: `${one}/abandon`, query: query('reason'), handle: on(abandon) },
    { method: 'POST', path: `${one}/steps/{step}/complete`, query: query('notes'), handle: on(completeStep) },
    { method: 'POST', path: `${one}/steps/{step}/skip`, query: query('reason'), handle: on(skipStep) },
    { method: 'POST', path: `${one}/steps`, query: query('after_step_id'), body: planStep, handle: on(addStep) },
  ];
}

function approve(service: StateService, { app, params }: Call): Answer {
  const plan = service.find(app.database, params.id!);
  if (plan.status !== 'draft') refuse(`Can only approve draft plans (current: ${plan.status})`, 'status', plan.status);
  return ok(service.save(app.database, plan, { status: 'approved', approved_at: nowInUtc() }));
}

function start(service: StateService, { app, params }: Call): Answer {
  const plan = service.find(app.database, params.id!);
  if (plan.status !== 'approved' && plan.status !== 'in_progress') {
    refuse(`Can only start approved plans (current: ${plan.status})`, 'status', plan.status);
  }
  const steps = partsOf(plan, 'steps');
  startNext(steps);
  return ok(service.save(app.database, plan, { status: 'in_progress', steps }));
}

function abandon(service: StateService, { app, params, query: { reason } }: Call): Answer {
  const plan = service.find(app.database, params.id!);
  const metadata = plan.extra_metadata ?? null;
  const noted: Row = reason ? { extra_metadata: { ...(isMap(metadata) && metadata), abandon_reason: reason } } : {};
  return ok(service.save(app.database, plan, { status: 'abandoned', ...noted }));
}

function completeStep(service: StateService, call: Call): Answer {
  return endStep(service, call, ['pending', 'in_progress'], {
    status: 'completed',
    completed_at: nowText(),
    ...(call.query.notes && { notes: call.query.notes }),
  });
}

function skipStep(service: StateService, call: Call): Answer {
  return endStep(service, call, ['pending', 'in_progress', 'blocked'], {
    status: 'skipped',
    skipped_at: nowText(),
    ...(call.query.reason && { skip_reason: call.query.reason }),
  });
}

/** Ends a step and starts the next; ending the last one completes the plan. */
function endStep(service: StateService, { app, params }: Call, from: readonly string[], end: Row): Answer {
  const plan = service.find(app.database, params.id!);
  const steps = partsOf(plan, 'steps');
  const step = steps.find(({ id }) => id === params.step) ?? missing(params.step!);
  if (!from.includes(String(step.status))) refuse(`Step is already ${step.status}`, 'step_id', params.step);
  Object.assign(step, end);
  startNext(steps);
  const completed: Row = areDone(steps) ? { status: 'completed', completed_at: nowInUtc() } : {};
  return ok(service.save(app.database, plan, { ...completed, steps }));
}

function addStep(service: StateService, { app, params, query: { after_step_id: after }, body }: Call): Answer {
  const plan = service.find(app.database, params.id!);
  const steps = insertPart(partsOf(plan, 'steps'), { ...body.values }, after ?? null);
  return ok(service.save(app.database, plan, { steps }));
}

function startNext(steps: readonly Row[]): void {
  const next = byOrder(steps).find(({ status }) => status === 'pending');
  if (next) Object.assign(next, { status: 'in_progress', started_at: nowText() });
}

function missing(id: string): never {
  const extra = { entity_type: 'PlanStep', entity_id: id };
  throw new ProblemError('not-found', `Step ${id} not found in plan`, extra);
}

function refuse(message: string, field: string, value: Value | undefined): never {
  throw new ProblemError('validation-error', message, { field, value: value ?? null });
}
