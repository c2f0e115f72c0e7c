import { type Check, list, map, maps, nullable, oneOf, text, texts } from './checks.ts';
import { dateTime, pyDateTime } from './dateChecks.ts';
import { aliased, type Model, optional, required } from './model.ts';
import { integer } from './numberChecks.ts';
import { storedMoment, wordOf } from './readChecks.ts';

const statuses = ['active', 'archived'];
const freeText = optional(nullable(text()));
const emptyList = () => [];
const emptyMap = () => ({});

export const actionListCreate: Model = {
  name: 'ActionListCreate',
  fields: {
    id: required(text({ pattern: '^AL-[A-Za-z0-9_-]+$' })),
    title: required(text({ min: 1, max: 255 })),
    description: optional(nullable(text({ max: 2000 }))),
    status: optional(oneOf(statuses), () => 'active'),
    owner: optional(nullable(text({ max: 100 }))),
    tags: optional(texts, emptyList),
    project_id: freeText,
    sprint_id: freeText,
    items: optional(maps, emptyList),
    geometry_shape: freeText,
    priority: freeText,
    due_date: optional(nullable(pyDateTime)),
    evidence_refs: optional(texts, emptyList),
    extra_metadata: optional(map(), emptyMap),
    notes: freeText,
  },
};

export const actionListUpdate: Model = {
  name: 'ActionListUpdate',
  fields: {
    title: optional(nullable(text({ min: 1, max: 255 }))),
    description: freeText,
    status: optional(nullable(oneOf(statuses))),
    owner: freeText,
    tags: optional(nullable(texts)),
    project_id: freeText,
    sprint_id: freeText,
    items: optional(nullable(maps)),
    geometry_shape: freeText,
    priority: freeText,
    due_date: optional(nullable(pyDateTime)),
    evidence_refs: optional(nullable(texts)),
    extra_metadata: optional(nullable(map())),
    notes: freeText,
    completed_at: optional(nullable(pyDateTime)),
  },
};

export const actionListItem: Model = {
  name: 'ActionListAddItemRequest',
  fields: { text: required(text({ min: 1 })), order: optional(nullable(integer({ ge: 0 }))) },
};

export const actionListOrder: Model = { name: 'ReorderItemsRequest', fields: { item_ids: required(texts) } };

/** `dict | str`: what is neither gives an error of each kind. */
const item: Check = (input, loc, problems) =>
  typeof input === 'string' ? text()(input, loc, problems) : map()(input, [...loc, 'dict[str,any]'], problems);

const moment = optional(nullable(dateTime));

export const actionListResponse: Model = {
  name: 'ActionListResponse',
  fields: {
    created_at: optional(storedMoment),
    updated_at: optional(storedMoment),
    id: required(text()),
    title: aliased('name', required(text())),
    description: freeText,
    status: required(wordOf('ActionListStatus', statuses)),
    owner: freeText,
    tags: optional(texts, emptyList),
    project_id: freeText,
    sprint_id: freeText,
    items: aliased('task_ids', optional(list(item), emptyList)),
    geometry_shape: freeText,
    priority: freeText,
    due_date: moment,
    evidence_refs: optional(texts, emptyList),
    extra_metadata: optional(map(), emptyMap),
    notes: freeText,
    parent_deleted_at: moment,
    parent_deletion_note: optional(map(), emptyMap),
    completed_at: moment,
  },
};
