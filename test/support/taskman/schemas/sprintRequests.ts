import { map, maps, nullable, oneOf, text, texts } from './checks.ts';
import { date } from './dateChecks.ts';
import { type Model, optional, required } from './model.ts';
import { float } from './numberChecks.ts';
import { cadences, sprintStatuses } from './words.ts';

const dates = { start_date: optional(nullable(date)), end_date: optional(nullable(date)) };
const points = optional(nullable(float({ ge: 0 })));
const allPoints = {
  velocity_target_points: points,
  committed_points: points,
  actual_points: points,
  carried_over_points: points,
};
const emptyList = () => [];
const emptyMap = () => ({});

export const sprintCreate: Model = {
  name: 'SprintCreate',
  fields: {
    id: required(text({ pattern: '^S-[A-Za-z0-9_-]+$' })),
    name: required(text({ min: 1, max: 200 })),
    goal: optional(nullable(text({ min: 1 }))),
    cadence: optional(oneOf(cadences), () => 'biweekly'),
    ...dates,
    status: optional(oneOf(sprintStatuses), () => 'new'),
    owner: optional(nullable(text({ min: 1, max: 100 }))),
    primary_project: required(text()),
    tasks: optional(texts, emptyList),
    imported_tasks: optional(texts, emptyList),
    related_projects: optional(texts, emptyList),
    ...allPoints,
    definition_of_done: optional(texts, emptyList),
    dependencies: optional(maps, emptyList),
    scope_changes: optional(maps, emptyList),
    risks: optional(maps, emptyList),
    ceremonies: optional(map(), emptyMap),
    metrics: optional(map(), emptyMap),
    timezone: optional(nullable(text({ max: 50 }))),
    observability: optional(map(), emptyMap),
  },
};

export const sprintUpdate: Model = {
  name: 'SprintUpdate',
  fields: {
    name: optional(nullable(text({ min: 1, max: 200 }))),
    goal: optional(nullable(text())),
    cadence: optional(nullable(oneOf(cadences))),
    ...dates,
    status: optional(nullable(oneOf(sprintStatuses))),
    owner: optional(nullable(text({ min: 1, max: 100 }))),
    primary_project: optional(nullable(text())),
    tasks: optional(nullable(texts)),
    imported_tasks: optional(nullable(texts)),
    related_projects: optional(nullable(texts)),
    ...allPoints,
    definition_of_done: optional(nullable(texts)),
    dependencies: optional(nullable(maps)),
    scope_changes: optional(nullable(maps)),
    risks: optional(nullable(maps)),
    ceremonies: optional(nullable(map())),
    metrics: optional(nullable(map())),
    timezone: optional(nullable(text())),
    observability: optional(nullable(map())),
  },
};
