import { type Answer, Crash, created, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/call.ts';
import { ProblemError } from '../http/problemError.ts';
import { isList, numberIn } from '../python/value.ts';
import { anything } from '../schemas/checks.ts';
import { required } from '../schemas/model.ts';
import { conversationCreate, conversationUpdate, turnCreate } from '../schemas/stateRequests.ts';
import { conversationResponse, turnResponse } from '../schemas/stateResponses.ts';
import { conversations, turns } from '../store/tables.ts';
import { anyText } from './paging.ts';
import { nowInUtc } from './parts.ts';
import { byStatus, offsetQuery, stateRoutes, windowOf } from './stateRoutes.ts';
import { internalError, StateService } from './stateService.ts';

const base = '/api/v1/conversations';
const one = `${base}/{id}`;

const service = new StateService('ConversationSession', conversations, conversationResponse);
const turnService = new StateService('ConversationTurn', turns, turnResponse);

const filters = { status: anyText, project_id: anyText, worktree: anyText, agent_type: anyText };

export function conversationRoutes(): Route[] {
  return [
    { method: 'GET', path: `${base}/search`, query: offsetQuery(filters), handle: search },
    { method: 'GET', path: `${base}/active`, query: offsetQuery(), handle: (call) => list(call, 'status', 'active') },
    { method: 'GET', path: `${base}/stats`, handle: stats },
    ...stateRoutes(base, service, { create: conversationCreate, update: conversationUpdate }),
    {
      method: 'POST',
      path: `${one}/complete`,
      query: { name: 'Query', fields: { summary: anyText } },
      handle: complete,
    },
    { method: 'POST', path: `${one}/pause`, handle: (call) => setStatus(call, 'paused') },
    { method: 'POST', path: `${one}/resume`, handle: resume },
    { method: 'POST', path: `${one}/archive`, handle: (call) => setStatus(call, 'archived') },
    { method: 'POST', path: `${one}/turns`, body: turnCreate, handle: addTurn },
    { method: 'GET', path: `${one}/turns`, query: offsetQuery(), handle: listTurns },
    ...['plan', 'checklist', 'task'].map(linkRoute),
  ];
}

/** Only the first filter counts; without any, the back end calls a method that does not exist. */
function search(call: Call): Answer {
  const filter = Object.keys(filters).find((name) => call.query[name]);
  if (filter === undefined) throw new Crash("'ConversationSessionRepository' object has no attribute 'find_all'");
  return list(call, filter, String(call.query[filter]));
}

function list({ app, query }: Call, column: string, value: string): Answer {
  const rows = service.select(app.database, (row) => row[column] === value, ['updated_at', 'desc']);
  return ok(service.showAll(windowOf(rows, query)));
}

function stats({ app }: Call): Answer {
  return ok(byStatus(service.select(app.database, () => true, ['created_at', 'asc'])));
}

function complete({ app, params, query: { summary } }: Call): Answer {
  const row = service.find(app.database, params.id!);
  const changes = { status: 'completed', completed_at: nowInUtc(), ...(summary && { summary }) };
  return ok(service.save(app.database, row, changes));
}

function setStatus({ app, params }: Call, status: string): Answer {
  return ok(service.patch(app.database, params.id!, { values: { status }, sent: new Set(['status']) }));
}

function resume({ app, params }: Call): Answer {
  const row = service.find(app.database, params.id!);
  if (row.status !== 'paused' && row.status !== 'active') {
    const message = `Cannot resume conversation in '${row.status}' status`;
    throw new ProblemError('validation-error', message, { field: 'status', value: row.status ?? null });
  }
  return ok(service.save(app.database, row, { status: 'active' }));
}

/** The conversation and the number that were sent do not count: the path and the turns before do. */
function addTurn({ app, params, body }: Call): Answer {
  const conversation = service.find(app.database, params.id!);
  const before = turnService.select(app.database, (row) => row.conversation_id === params.id, ['id', 'asc']);
  const sequence = 1 + Math.max(0, ...before.map((row) => numberIn(row.sequence ?? 0) ?? 0));
  const { metadata = {}, ...values } = body.values;
  const turn = { ...values, extra_metadata: metadata, conversation_id: params.id!, sequence, created_at: nowInUtc() };
  try {
    const row = app.database.insert(turns, turn);
    const tokens = (numberIn(conversation.token_estimate ?? 0) ?? 0) + (numberIn(row.token_count ?? 0) ?? 0);
    app.database.update(conversations, conversation, { turn_count: sequence, token_estimate: tokens });
    return created(turnService.show(row));
  } catch (error) {
    throw internalError(error);
  }
}

/** Nobody looks whether there is such a conversation. */
function listTurns({ app, params, query }: Call): Answer {
  const found = turnService.select(app.database, (row) => row.conversation_id === params.id, ['id', 'asc']);
  const ordered = found.toSorted((a, b) => Number(a.sequence) - Number(b.sequence));
  return ok(turnService.showAll(windowOf(ordered, query)));
}

function linkRoute(name: string): Route {
  const [parameter, column] = [`${name}_id`, `${name}_ids`];
  const handle = ({ app, params, query }: Call) => {
    const row = service.find(app.database, params.id!);
    const ids = row[column] ?? null;
    if (!isList(ids)) throw new Crash('can only concatenate str (not "list") to str');
    const id = query[parameter] ?? null;
    return ok(service.save(app.database, row, { [column]: ids.includes(id) ? ids : [...ids, id] }));
  };
  const query = { name: 'Query', fields: { [parameter]: required(anything) } };
  return { method: 'POST', path: `${one}/link-${name}`, query, handle };
}
