import { boolean, type Check, map, maps, nullable, oneOf, text, textMaps, texts } from './checks.ts';
import { dateTime } from './dateChecks.ts';
import { type Field, type Model, optional, required } from './model.ts';
import { float, integer } from './numberChecks.ts';
import { priorities, severities, taskStatuses } from './words.ts';

const emptyList = () => [];
const emptyMap = () => ({});

const estimates = {
  estimate_points: optional(nullable(float({ ge: 0, le: 21 }))),
  actual_time_hours: optional(nullable(float({ ge: 0 }))),
  due_at: optional(nullable(dateTime)),
};

const lists: Readonly<Record<string, Check>> = {
  parents: texts,
  depends_on: texts,
  blocks: texts,
  blockers: texts,
  acceptance_criteria: maps,
  definition_of_done: texts,
  quality_gates: map(),
  verification: map(),
  actions_taken: maps,
  labels: texts,
  related_links: textMaps,
};

const worth = {
  business_value_score: optional(nullable(integer({ ge: 0, le: 100 }))),
  cost_of_delay_score: optional(nullable(integer({ ge: 0, le: 100 }))),
};

const freeText = optional(nullable(text()));

export const taskCreate: Model = {
  name: 'TaskCreate',
  fields: {
    id: required(text({ pattern: '^T-[A-Za-z0-9_-]+$' })),
    title: required(text({ min: 1, max: 500 })),
    summary: required(text({ min: 1 })),
    description: optional(nullable(text({ min: 1 }))),
    status: optional(oneOf(taskStatuses), () => 'new'),
    owner: required(text({ min: 1, max: 100 })),
    assignees: optional(texts, emptyList),
    priority: optional(oneOf(priorities), () => 'p2'),
    severity: optional(nullable(oneOf(severities))),
    primary_project: required(text()),
    primary_sprint: freeText,
    related_projects: optional(texts, emptyList),
    related_sprints: optional(texts, emptyList),
    ...estimates,
    ...each(lists, (check, name) => optional(check, isMapField(name) ? emptyMap : emptyList)),
    shape: freeText,
    stage: freeText,
    work_type: freeText,
    work_stream: optional(nullable(text({ max: 100 }))),
    ...worth,
    automation_candidate: optional(boolean, () => false),
    cycle_time_days: optional(nullable(float({ ge: 0 }))),
    risks: optional(maps, emptyList),
    observability: optional(map(), emptyMap),
  },
};

export const taskUpdate: Model = {
  name: 'TaskUpdate',
  fields: {
    title: optional(nullable(text({ min: 1, max: 500 }))),
    summary: optional(nullable(text({ min: 1 }))),
    description: freeText,
    status: optional(nullable(oneOf(taskStatuses))),
    owner: optional(nullable(text({ min: 1, max: 100 }))),
    assignees: optional(nullable(texts)),
    priority: optional(nullable(oneOf(priorities))),
    severity: optional(nullable(oneOf(severities))),
    primary_project: freeText,
    primary_sprint: freeText,
    related_projects: optional(nullable(texts)),
    related_sprints: optional(nullable(texts)),
    ...estimates,
    ...each(lists, (check) => optional(nullable(check))),
    shape: freeText,
    stage: freeText,
    work_type: freeText,
    work_stream: freeText,
    ...worth,
    automation_candidate: optional(nullable(boolean)),
    cycle_time_days: optional(nullable(float({ ge: 0 }))),
    risks: optional(nullable(maps)),
    observability: optional(nullable(map())),
  },
};

function isMapField(name: string): boolean {
  return name === 'quality_gates' || name === 'verification';
}

function each(
  checks: Readonly<Record<string, Check>>,
  field: (check: Check, name: string) => Field,
): Record<string, Field> {
  return Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, field(check, name)]));
}
