import { type Table, table } from './table.ts';

export const tasks: Table = table(
  'tasks',
  `
  id varchar(50) not null
  title varchar(500) not null
  summary text not null default ""
  description text not null default ""
  status varchar(20) not null default new
  owner varchar(100) not null default ""
  assignees json not null default []
  priority varchar(20) not null default p2
  severity varchar(20)
  primary_project varchar(50) not null default ""
  primary_sprint varchar(50) not null default ""
  project_id varchar(50)
  sprint_id varchar(50)
  assignee varchar(100)
  related_projects json not null default []
  related_sprints json not null default []
  estimate_points float
  actual_time_hours float
  estimated_hours integer
  actual_hours integer
  story_points integer
  due_at timestamptz
  due_date timestamptz
  parents json not null default []
  depends_on json not null default []
  blocks json not null default []
  blockers json not null default []
  acceptance_criteria json not null default []
  definition_of_done json not null default []
  quality_gates json not null default {}
  verification json not null default {}
  actions_taken json not null default []
  labels json not null default []
  related_links json not null default []
  tags text
  shape varchar(20)
  stage varchar(50)
  work_type varchar(50)
  work_stream varchar(100)
  business_value_score integer
  cost_of_delay_score integer
  automation_candidate boolean not null default false
  cycle_time_days float
  risks json not null default []
  observability json not null default {}
  last_heartbeat_utc timestamptz
  created_at timestamptz not null now
  updated_at timestamptz not null now`,
  'updated_at',
);

export const projects: Table = table(
  'projects',
  `
  id varchar(64) not null
  name varchar(256)
  title varchar(256)
  mission text
  description text
  status varchar(32)
  owner varchar(128)
  sponsors jsonb
  stakeholders jsonb
  start_date varchar(32)
  target_end_date varchar(32)
  actual_end_date varchar(32)
  created_at timestamptz
  updated_at timestamptz
  created_utc timestamptz
  updated_utc timestamptz
  last_health varchar(32)
  last_heartbeat_utc varchar(32)
  repositories jsonb
  comms_channels jsonb
  okrs jsonb
  kpis jsonb
  roadmap jsonb
  success_metrics jsonb
  risks jsonb
  assumptions jsonb
  constraints jsonb
  dependencies_external jsonb
  sprints jsonb
  related_projects jsonb
  shared_components jsonb
  team_members jsonb
  labels jsonb
  governance jsonb
  security_posture jsonb
  compliance_requirements jsonb
  mpv_policy jsonb
  tnve_mandate boolean
  evidence_root varchar(256)
  evidence_log text
  deleted_at varchar(32)`,
);

export const sprints: Table = table(
  'sprints',
  `
  id varchar(64) not null
  name varchar(256)
  title varchar(256)
  goal text
  status varchar(32)
  owner varchar(100)
  cadence varchar(32)
  project_id varchar(64)
  start_date varchar(32)
  end_date varchar(32)
  created_at varchar(32)
  updated_at varchar(32)
  created_utc varchar(32)
  updated_utc varchar(32)
  last_health varchar(32)
  last_heartbeat_utc varchar(32)
  scope text
  scope_type varchar(32)
  committed_points varchar(32)
  delivered_points varchar(32)
  velocity_target varchar(32)
  velocity_actual float
  predictability_pct float
  throughput float
  burndown_asset varchar(256)
  ceremonies json
  planning_notes text
  standup_cadence varchar(32)
  review_demo_link varchar(256)
  retro_notes text
  risks json
  dependencies json
  sprints json
  related_projects json
  shared_components json
  observability json
  evidence_log text
  deleted_at varchar(32)`,
);
