import { map, maps, nullable, oneOf, text, textMaps, texts } from './checks.ts';
import { date, dateTime } from './dateChecks.ts';
import { type Model, optional, required } from './model.ts';
import { float, integer } from './numberChecks.ts';
import { storedFlag, storedList, storedMap, storedMoment, wordOf } from './readChecks.ts';
import { cadences, priorities, projectStatuses, severities, sprintStatuses, taskStatuses } from './words.ts';

const emptyList = () => [];
const emptyMap = () => ({});
const times = { created_at: optional(storedMoment), updated_at: optional(storedMoment) };
const word = optional(nullable(text()));
const number = optional(nullable(float()));
const names = optional(storedList(texts), emptyList);
const objects = optional(storedList(maps), emptyList);
const links = optional(storedList(textMaps), emptyList);
const object = optional(storedMap(map()), emptyMap);

const olderPriorities: Readonly<Record<string, string>> = { critical: 'p0', high: 'p1', medium: 'p2', low: 'p3' };

/** A task in any case of its status and with the older priority words; lists of people and relations must be lists. */
export const taskResponse: Model = {
  name: 'TaskResponse',
  fields: {
    ...times,
    id: required(text()),
    title: required(text()),
    summary: required(text()),
    description: required(text()),
    status: required(wordOf('TaskStatus', taskStatuses, (value) => value.toLowerCase())),
    owner: required(text()),
    assignees: optional(texts, emptyList),
    priority: required(
      wordOf('Priority', priorities, (value) => olderPriorities[value.toLowerCase()] ?? value.toLowerCase()),
    ),
    severity: optional(nullable(oneOf(severities))),
    primary_project: required(text()),
    primary_sprint: word,
    related_projects: optional(texts, emptyList),
    related_sprints: optional(texts, emptyList),
    estimate_points: number,
    actual_time_hours: number,
    due_at: optional(nullable(dateTime)),
    parents: names,
    depends_on: names,
    blocks: names,
    blockers: names,
    acceptance_criteria: objects,
    definition_of_done: names,
    quality_gates: object,
    verification: object,
    actions_taken: objects,
    labels: names,
    related_links: links,
    shape: word,
    stage: word,
    work_type: word,
    work_stream: word,
    business_value_score: optional(nullable(integer())),
    cost_of_delay_score: optional(nullable(integer())),
    automation_candidate: optional(storedFlag, () => false),
    cycle_time_days: number,
    risks: objects,
    observability: object,
  },
};

export const projectResponse: Model = {
  name: 'ProjectResponse',
  fields: {
    ...times,
    id: required(text()),
    name: required(text()),
    mission: word,
    status: required(wordOf('ProjectStatus', projectStatuses)),
    start_date: optional(nullable(date)),
    target_end_date: optional(nullable(date)),
    owner: word,
    sponsors: names,
    stakeholders: objects,
    repositories: names,
    comms_channels: links,
    okrs: objects,
    kpis: objects,
    roadmap: objects,
    risks: objects,
    assumptions: names,
    constraints: names,
    dependencies_external: objects,
    sprints: names,
    related_projects: names,
    shared_components: names,
    security_posture: word,
    compliance_requirements: names,
    governance: object,
    success_metrics: objects,
    mpv_policy: object,
    tnve_mandate: optional(storedFlag, () => false),
    evidence_root: word,
    observability: object,
  },
};

export const sprintResponse: Model = {
  name: 'SprintResponse',
  fields: {
    ...times,
    id: required(text()),
    name: required(text()),
    goal: word,
    cadence: optional(wordOf('SprintCadence', cadences)),
    start_date: optional(nullable(date)),
    end_date: optional(nullable(date)),
    status: required(wordOf('SprintStatus', sprintStatuses)),
    owner: word,
    primary_project: required(text()),
    tasks: names,
    imported_tasks: names,
    related_projects: names,
    velocity_target_points: number,
    committed_points: number,
    actual_points: number,
    carried_over_points: number,
    definition_of_done: names,
    dependencies: objects,
    scope_changes: objects,
    risks: objects,
    ceremonies: object,
    metrics: object,
    timezone: word,
    observability: object,
  },
};
