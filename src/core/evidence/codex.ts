import type { CodexCof } from './dimensions.ts';
import type { EvidenceRecord } from './record.ts';
import { listed, named } from './wording.ts';

/** Which shape stands for a status; the family of tools knows these four and no others. */
const shapes: Readonly<Record<string, string>> = {
  new: 'Triangle',
  in_progress: 'Circle',
  completed: 'Pentagon',
  done: 'Pentagon',
  blocked: 'Square',
};

/** The 13 dimensions of the profile `codex`, of a record that stores those of the profile `gate`. */
export function codexOf(record: EvidenceRecord): CodexCof {
  const { cof, actor, action, entity, id, outcome, gates, before_hash: before, after_hash: after } = record;
  const answers = gates.map(({ gate, result }) => `${gate} ${result}`);
  return {
    motivational: cof.intent,
    relational: `${cof.identity}; ${cof.context}`,
    dimensional: cof.scope,
    situational: `${cof.context}; ${cof.modality}`,
    resource: cof.stakeholders,
    narrative: `${actor}: ${action} ${entity} ${id}; ${outcome}`,
    recursive: `gates: ${listed(answers)}`,
    sacred_geometry: `shape: ${shapeOf(cof.state)}`,
    computational: `${cof.scale}; before: ${named(before)}; after: ${named(after)}`,
    emergent: cof.risk,
    temporal: cof.time,
    spatial: cof.space,
    holistic: `${cof.state}; ${cof.evidence}; ${cof.ethics}`,
  };
}

/** The status after the change stands in the dimension `state`: `status: new to ready; …`. */
function shapeOf(state: string): string {
  const after = /^status: \S+ to (?<after>\S+);/.exec(state)?.groups?.after ?? '';
  return shapes[after] ?? 'none';
}
