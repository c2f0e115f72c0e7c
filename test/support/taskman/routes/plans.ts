import { type Answer, Crash, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';
import { utcNow } from '../python/clock.ts';
import { isList, isMap, type Value } from '../python/value.ts';
import { optional } from '../schemas/model.ts';
import { integer } from '../schemas/numberChecks.ts';
import { planCreate, planUpdate } from '../schemas/stateRequests.ts';
import { planResponse } from '../schemas/stateResponses.ts';
import type { Row } from '../store/table.ts';
import { plans } from '../store/tables.ts';
import { anyText } from './paging.ts';
import { byOrder, progressOf } from './parts.ts';
import { lifecycleRoutes } from './planSteps.ts';
import { byStatus, offsetQuery, stateRoutes, windowOf } from './stateRoutes.ts';
import { StateService } from './stateService.ts';

const base = '/api/v1/plans';

const service = new StateService('Plan', plans, planResponse, ({ steps = [] }) => {
  const list = isList(steps) ? steps : [];
  return { progress_pct: progressOf(list), current_step_id: currentStep(list) };
});

function currentStep(steps: readonly Value[]): Value {
  const open = byOrder(steps.filter(isMap) as Row[]).find(
    ({ status }) => status === 'pending' || status === 'in_progress',
  );
  return open?.id ?? null;
}

const searchQuery = offsetQuery({ status: anyText, project_id: anyText, sprint_id: anyText, conversation_id: anyText });
const stalledQuery = offsetQuery({ days_inactive: optional(integer({ ge: 1, le: 30 }), () => 3) });

export function planRoutes(): Route[] {
  return [
    { method: 'GET', path: `${base}/search`, query: searchQuery, handle: search },
    listRoute('drafts', 'draft'),
    listRoute('in-progress', 'in_progress'),
    { method: 'GET', path: `${base}/stalled`, query: stalledQuery, handle: stalled },
    { method: 'GET', path: `${base}/stats`, handle: stats },
    ...stateRoutes(base, service, { create: planCreate, update: planUpdate }),
    ...lifecycleRoutes(base, service),
  ];
}

function listRoute(name: string, status: string): Route {
  const handle = ({ app, query }: Call) => {
    const rows = service.select(app.database, (row) => row.status === status, ['updated_at', 'desc']);
    return ok(service.showAll(windowOf(rows, query)));
  };
  return { method: 'GET', path: `${base}/${name}`, query: offsetQuery(), handle };
}

function search(): Answer {
  throw new Crash("'PlanRepository' object has no attribute 'find_all'");
}

function stalled({ app, query }: Call): Answer {
  const limit = new Date(Date.parse(`${utcNow()}Z`) - Number(query.days_inactive) * 86_400_000)
    .toISOString()
    .slice(0, -1);
  const isStalled = (row: Row) => row.status === 'in_progress' && String(row.updated_at) < limit;
  return ok(service.showAll(windowOf(service.select(app.database, isStalled, ['updated_at', 'asc']), query)));
}

function stats({ app }: Call): Answer {
  return ok(byStatus(service.select(app.database, () => true, ['created_at', 'asc'])));
}
