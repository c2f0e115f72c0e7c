import { entityKinds } from '../ids.ts';
import { cofOf } from './cof.ts';
import { type EntityForm, entityForm, type FormChanges, formChanges, formHash } from './entityForm.ts';
import type { EvidenceEvent, EvidencePlace } from './event.ts';
import type { Action, RecordDraft } from './record.ts';
import type { EvidenceMeans } from './rules.ts';
import { protectedValue, type Shield } from './shield.ts';
import { named, plain } from './wording.ts';

/**
 * Makes the record of an event: hashes, changes and the 13 dimensions. Pure: the same event gives the same record.
 * Of what others did only the hashes are kept, since a first pull brings everything there is.
 */
export function draftRecord(given: EvidenceEvent, place: EvidencePlace, means: EvidenceMeans): RecordDraft {
  const event = { ...given, durationMs: Math.max(0, Math.round(given.durationMs)) };
  const before = event.before && entityForm(event.before, means);
  const after = event.after && entityForm(event.after, means);
  const beforeHash = before && formHash(before, means.sha256);
  const afterHash = after && formHash(after, means.sha256);
  const changes = changesOf(event, before, after, means);
  const privateFields = privateAmong(event, changes, means);
  return {
    at: event.at,
    op_id: event.opId,
    correlation_id: plain(named(event.correlationId, event.opId)),
    actor: plain(named(event.actor, 'unknown')),
    surface: event.surface,
    action: event.action,
    entity: event.entity,
    id: event.id,
    outcome: event.outcome,
    duration_ms: event.durationMs,
    before_hash: beforeHash,
    after_hash: afterHash,
    changes: changes as RecordDraft['changes'],
    cof: cofOf({ event, place, before, after, beforeHash, afterHash, changes, privateFields, rules: means.rules }),
    gates: gatesOf(event),
  };
}

const withoutChanges: ReadonlySet<Action> = new Set(['remote']);

function changesOf(event: EvidenceEvent, before: EntityForm | null, after: EntityForm | null, shield: Shield) {
  if (withoutChanges.has(event.action)) return {};
  return event.facts ? withoutSecrets(event.facts, shield) : formChanges(before, after);
}

/** Facts about what is no entity have no private fields, but may hold what looks secret. */
function withoutSecrets(facts: FormChanges, { hmac }: Shield): FormChanges {
  const shield: Shield = { hmac, isPrivate: () => false };
  const entries = Object.entries(facts).map(([name, [from, to]]) => {
    return [name, [protectedValue('project', name, from, shield), protectedValue('project', name, to, shield)]];
  });
  return Object.fromEntries(entries) as FormChanges;
}

function privateAmong(event: EvidenceEvent, changes: FormChanges, means: EvidenceMeans): string[] {
  const kind = entityKinds.find((known) => known === event.entity);
  return kind ? Object.keys(changes).filter((field) => means.isPrivate(kind, field)) : [];
}

function gatesOf({ gates = [] }: EvidenceEvent): RecordDraft['gates'] {
  return gates.map(({ gate, result, sentence, override }) => ({
    gate,
    result,
    sentence: plain(sentence),
    ...(override === undefined ? {} : { override: plain(named(override, 'none given')) }),
  }));
}
