/** One of the questions that are asked of every change. */
export interface Dimension {
  readonly id: string;
  readonly label: string;
  readonly order: number;
  /** What answers it; nobody types it in. */
  readonly source: string;
}

/** The profile `gate`, which is stored in every record as `cof`. */
export const gateDimensions = [
  { id: 'identity', label: 'Identity', order: 1, source: 'entity, id, operation id' },
  { id: 'intent', label: 'Intent', order: 2, source: 'the command, and the reason that the person gave' },
  { id: 'stakeholders', label: 'Stakeholders', order: 3, source: 'actor, owner, assignees' },
  { id: 'context', label: 'Context', order: 4, source: 'workspace, project, sprint, git branch and commit' },
  { id: 'scope', label: 'Scope', order: 5, source: 'the fields changed; how many entities' },
  { id: 'time', label: 'Time', order: 6, source: 'when, duration, distance of the due date, day of the sprint' },
  { id: 'space', label: 'Space', order: 7, source: 'back end, hash of the machine name, hash of the workspace path' },
  { id: 'modality', label: 'Modality', order: 8, source: 'surface; API or CSV; pending or what became of it' },
  { id: 'state', label: 'State', order: 9, source: 'status and version, before and after' },
  { id: 'scale', label: 'Scale', order: 10, source: 'records touched, bytes' },
  { id: 'risk', label: 'Risk', order: 11, source: 'destructive, overdue, p0 or p1, blocked, conflict, override' },
  { id: 'evidence', label: 'Evidence', order: 12, source: 'hashes, acceptance criteria, links, commit' },
  { id: 'ethics', label: 'Ethics', order: 13, source: 'private fields touched, redactions made, permission used' },
] as const satisfies readonly Dimension[];
export type GateDimension = (typeof gateDimensions)[number]['id'];

/** The profile `codex`, derived from the same record when it is shown. */
export const codexDimensions = [
  { id: 'motivational', label: 'Motivational', order: 1, source: 'intent' },
  { id: 'relational', label: 'Relational', order: 2, source: 'entity, id, and what it belongs to' },
  { id: 'dimensional', label: 'Dimensional', order: 3, source: 'scope' },
  { id: 'situational', label: 'Situational', order: 4, source: 'context, modality' },
  { id: 'resource', label: 'Resource', order: 5, source: 'stakeholders' },
  { id: 'narrative', label: 'Narrative', order: 6, source: 'actor, action, entity, outcome' },
  { id: 'recursive', label: 'Recursive', order: 7, source: 'what the gates answered' },
  { id: 'sacred_geometry', label: 'Sacred Geometry', order: 8, source: 'the shape of the status after the change' },
  { id: 'computational', label: 'Computational', order: 9, source: 'scale, hashes' },
  { id: 'emergent', label: 'Emergent', order: 10, source: 'risk' },
  { id: 'temporal', label: 'Temporal', order: 11, source: 'time' },
  { id: 'spatial', label: 'Spatial', order: 12, source: 'space' },
  { id: 'holistic', label: 'Holistic', order: 13, source: 'state, evidence, ethics' },
] as const satisfies readonly Dimension[];
export type CodexDimension = (typeof codexDimensions)[number]['id'];

/** Two lists of thirteen are in use; a view shows one of them and never mixes them. */
export const dimensionProfiles = { gate: gateDimensions, codex: codexDimensions } as const;

/** One text per dimension, none of them empty. */
export type Cof = Readonly<Record<GateDimension, string>>;
export type CodexCof = Readonly<Record<CodexDimension, string>>;
