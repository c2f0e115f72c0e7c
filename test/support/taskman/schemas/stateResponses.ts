import { anyMap, boolean, type Check, list, literal, maps, nullable, text, texts } from './checks.ts';
import { dateTime } from './dateChecks.ts';
import { aliased, type Field, type Model, nested, optional, required } from './model.ts';
import { integer } from './numberChecks.ts';
import { storedMoment } from './readChecks.ts';

const itemStatuses = literal(['pending', 'in_progress', 'completed', 'skipped', 'blocked']);
const times = { created_at: optional(storedMoment), updated_at: optional(storedMoment) };
const name = required(text());
const word = required(nullable(text()));
const words = required(texts);
const optionalWord = optional(nullable(text()));
const moment: Field = required(nullable(dateTime));
const optionalMoment = optional(nullable(dateTime));
const metadata = aliased('extra_metadata', required(anyMap));
const models = (model: Model): Check => list(nested(model));

const item: Model = {
  name: 'ChecklistItemResponse',
  fields: {
    id: name,
    order: required(integer()),
    title: name,
    description: optionalWord,
    status: optional(itemStatuses, () => 'pending'),
    priority: optional(literal(['low', 'medium', 'high', 'critical']), () => 'medium'),
    created_at: optionalMoment,
    completed_at: optionalMoment,
    due_at: optionalMoment,
    assignee: optionalWord,
    notes: optionalWord,
    artifacts: optional(texts, () => []),
  },
};

export const checklistResponse: Model = {
  name: 'ChecklistResponse',
  fields: {
    ...times,
    id: name,
    title: name,
    description: word,
    status: required(literal(['active', 'completed', 'archived'])),
    items: required(models(item)),
    conversation_id: word,
    plan_id: word,
    task_id: word,
    is_template: required(boolean),
    template_id: word,
    completed_at: moment,
    tags: words,
    metadata,
  },
};

const step: Model = {
  name: 'PlanStepResponse',
  fields: {
    id: name,
    order: required(integer()),
    title: name,
    description: optionalWord,
    status: optional(itemStatuses, () => 'pending'),
    started_at: optionalMoment,
    completed_at: optionalMoment,
    notes: optionalWord,
    depends_on: optional(texts, () => []),
    artifacts: optional(texts, () => []),
  },
};

export const planResponse: Model = {
  name: 'PlanResponse',
  fields: {
    ...times,
    id: name,
    title: name,
    description: word,
    status: required(literal(['draft', 'approved', 'in_progress', 'completed', 'abandoned'])),
    steps: required(models(step)),
    conversation_id: word,
    project_id: word,
    sprint_id: word,
    approved_at: moment,
    completed_at: moment,
    tags: words,
    metadata,
  },
};

export const conversationResponse: Model = {
  name: 'ConversationSessionResponse',
  fields: {
    ...times,
    id: name,
    title: name,
    status: required(literal(['active', 'paused', 'completed', 'archived'])),
    agent_type: word,
    worktree: word,
    project_id: word,
    sprint_id: word,
    turn_count: required(integer()),
    token_estimate: required(integer()),
    summary: word,
    tags: words,
    metadata,
    plan_ids: words,
    checklist_ids: words,
    task_ids: words,
    completed_at: moment,
  },
};

export const turnResponse: Model = {
  name: 'ConversationTurnResponse',
  fields: {
    id: name,
    conversation_id: name,
    sequence: required(integer()),
    role: required(literal(['user', 'assistant', 'system', 'tool'])),
    content: name,
    content_type: required(literal(['text', 'tool_call', 'tool_result', 'summary'])),
    tool_calls: required(maps),
    tool_results: required(maps),
    token_count: required(integer()),
    is_summary: required(boolean),
    metadata,
    created_at: required(dateTime),
  },
};
