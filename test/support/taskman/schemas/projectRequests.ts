import { boolean, type Check, map, maps, nullable, oneOf, text, textMaps, texts } from './checks.ts';
import { date, dateTime } from './dateChecks.ts';
import { type Field, type Model, optional, required } from './model.ts';
import { projectStatuses } from './words.ts';

const freeText = optional(nullable(text()));
const freeMoment = optional(nullable(dateTime));

const dates = { start_date: optional(nullable(date)), target_end_date: optional(nullable(date)) };

const resources: Readonly<Record<string, Check>> = {
  sponsors: texts,
  stakeholders: maps,
  repositories: texts,
  comms_channels: textMaps,
  okrs: maps,
  kpis: maps,
  roadmap: maps,
  risks: maps,
  assumptions: texts,
  constraints: texts,
  dependencies_external: maps,
  sprints: texts,
  related_projects: texts,
  shared_components: texts,
};

export const projectCreate: Model = {
  name: 'ProjectCreate',
  fields: {
    id: required(text({ pattern: '^P-[A-Za-z0-9_-]+$' })),
    name: required(text({ min: 1, max: 200 })),
    mission: optional(nullable(text({ min: 1 }))),
    status: optional(oneOf(projectStatuses), () => 'new'),
    ...dates,
    owner: optional(nullable(text({ min: 1, max: 100 }))),
    ...each(resources, (check) => optional(check, () => [])),
    security_posture: freeText,
    compliance_requirements: optional(texts, () => []),
    governance: optional(map(), () => ({})),
    success_metrics: optional(maps, () => []),
    mpv_policy: optional(map(), () => ({})),
    tnve_mandate: optional(boolean, () => false),
    evidence_root: optional(nullable(text({ max: 500 }))),
    observability: optional(map(), () => ({})),
  },
};

export const projectUpdate: Model = {
  name: 'ProjectUpdate',
  fields: {
    name: optional(nullable(text({ min: 1, max: 200 }))),
    mission: freeText,
    status: optional(nullable(oneOf(projectStatuses))),
    ...dates,
    owner: optional(nullable(text({ min: 1, max: 100 }))),
    ...each(resources, (check) => optional(nullable(check))),
    security_posture: freeText,
    compliance_requirements: optional(nullable(texts)),
    governance: optional(nullable(map())),
    success_metrics: optional(nullable(maps)),
    mpv_policy: optional(nullable(map())),
    tnve_mandate: optional(nullable(boolean)),
    evidence_root: freeText,
    created_at: freeMoment,
    updated_at: freeMoment,
    created_utc: freeMoment,
    updated_utc: freeMoment,
    observability: optional(nullable(map())),
  },
};

function each(checks: Readonly<Record<string, Check>>, field: (check: Check) => Field): Record<string, Field> {
  return Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, field(check)]));
}
