import { anyMap, boolean, type Check, list, literal, maps, nullable, text, texts } from './checks.ts';
import { pyDateTime } from './dateChecks.ts';
import { type Field, type Model, nested, optional, required } from './model.ts';
import { integer } from './numberChecks.ts';

const checklistStatuses = ['active', 'completed', 'archived'];
const itemStatuses = ['pending', 'in_progress', 'completed', 'skipped', 'blocked'];
const itemPriorities = ['low', 'medium', 'high', 'critical'];
const planStatuses = ['draft', 'approved', 'in_progress', 'completed', 'abandoned'];
const conversationStatuses = ['active', 'paused', 'completed', 'archived'];

const id = required(text({ min: 1, max: 100 }));
const title = required(text({ min: 1, max: 255 }));
const newTitle = optional(nullable(text({ min: 1, max: 255 })));
const freeText = optional(nullable(text()));
const upTo = (max: number): Field => optional(nullable(text({ max })));
const textList = optional(texts, () => []);
const freeMap = optional(anyMap, () => ({}));
const newTexts = optional(nullable(texts));
const newMap = optional(nullable(anyMap));
const order = required(integer({ ge: 1 }));
const moment = optional(nullable(pyDateTime));
const models = (model: Model): Check => list(nested(model));

const item: Model = {
  name: 'ChecklistItemInput',
  fields: {
    id,
    order,
    title,
    description: freeText,
    status: optional(literal(itemStatuses), () => 'pending'),
    priority: optional(literal(itemPriorities), () => 'medium'),
    due_at: moment,
    assignee: upTo(100),
    artifacts: textList,
  },
};

export const checklistItem: Model = {
  name: 'ChecklistItemAddRequest',
  fields: {
    title,
    description: freeText,
    priority: optional(literal(itemPriorities), () => 'medium'),
    due_at: moment,
    assignee: upTo(100),
    after_item_id: freeText,
  },
};

export const checklistCreate: Model = {
  name: 'ChecklistCreateRequest',
  fields: {
    id,
    title,
    description: freeText,
    items: optional(models(item), () => []),
    conversation_id: upTo(100),
    plan_id: upTo(100),
    task_id: upTo(50),
    is_template: optional(boolean, () => false),
    template_id: upTo(100),
    tags: textList,
    metadata: freeMap,
  },
};

export const checklistUpdate: Model = {
  name: 'ChecklistUpdateRequest',
  fields: {
    title: newTitle,
    description: freeText,
    status: optional(nullable(literal(checklistStatuses))),
    conversation_id: upTo(100),
    plan_id: upTo(100),
    task_id: upTo(50),
    is_template: optional(nullable(boolean)),
    tags: newTexts,
    metadata: newMap,
  },
};

export const planStep: Model = {
  name: 'PlanStepInput',
  fields: {
    id,
    order,
    title,
    description: freeText,
    status: optional(literal(itemStatuses), () => 'pending'),
    depends_on: textList,
    artifacts: textList,
  },
};

export const planCreate: Model = {
  name: 'PlanCreateRequest',
  fields: {
    id,
    title,
    description: freeText,
    steps: optional(models(planStep), () => []),
    conversation_id: upTo(100),
    project_id: upTo(50),
    sprint_id: upTo(50),
    tags: textList,
    metadata: freeMap,
  },
};

export const planUpdate: Model = {
  name: 'PlanUpdateRequest',
  fields: {
    title: newTitle,
    description: freeText,
    status: optional(nullable(literal(planStatuses))),
    conversation_id: upTo(100),
    project_id: upTo(50),
    sprint_id: upTo(50),
    tags: newTexts,
    metadata: newMap,
  },
};

export const conversationCreate: Model = {
  name: 'ConversationSessionCreateRequest',
  fields: {
    id,
    title,
    agent_type: optional(text({ max: 50 }), () => 'claude'),
    worktree: upTo(100),
    project_id: upTo(50),
    sprint_id: upTo(50),
    tags: textList,
    metadata: freeMap,
    plan_ids: textList,
    checklist_ids: textList,
    task_ids: textList,
  },
};

const count = optional(nullable(integer({ ge: 0 })));

export const conversationUpdate: Model = {
  name: 'ConversationSessionUpdateRequest',
  fields: {
    title: newTitle,
    status: optional(nullable(literal(conversationStatuses))),
    agent_type: upTo(50),
    worktree: upTo(100),
    project_id: upTo(50),
    sprint_id: upTo(50),
    turn_count: count,
    token_estimate: count,
    summary: freeText,
    tags: newTexts,
    metadata: newMap,
    plan_ids: newTexts,
    checklist_ids: newTexts,
    task_ids: newTexts,
  },
};

export const turnCreate: Model = {
  name: 'ConversationTurnCreateRequest',
  fields: {
    id,
    conversation_id: required(text({ min: 1, max: 100 })),
    sequence: order,
    role: required(literal(['user', 'assistant', 'system', 'tool'])),
    content: required(text({ min: 1 })),
    content_type: optional(literal(['text', 'tool_call', 'tool_result', 'summary']), () => 'text'),
    tool_calls: optional(maps, () => []),
    tool_results: optional(maps, () => []),
    token_count: optional(integer({ ge: 0 }), () => 0),
    is_summary: optional(boolean, () => false),
    metadata: freeMap,
  },
};
