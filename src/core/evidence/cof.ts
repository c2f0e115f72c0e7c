import type { Entity } from '../entity.ts';
import { dueOf, isOverdue } from '../evaluate.ts';
import { entityKinds } from '../ids.ts';
import { canonicalJson, type HashedValue } from './canonicalJson.ts';
import type { Cof } from './dimensions.ts';
import type { EntityForm, FormChanges } from './entityForm.ts';
import type { EvidenceEvent, EvidencePlace } from './event.ts';
import { dayDistance, sprintDay } from './evidenceTime.ts';
import { rulesNote } from './rules.ts';
import { isProtected } from './shield.ts';
import { listed, named, plain } from './wording.ts';

/** What the dimensions are derived from: the event, its place, and the forms and hashes that the record holds. */
export interface CofSource {
  readonly event: EvidenceEvent;
  readonly place: EvidencePlace;
  readonly before: EntityForm | null;
  readonly after: EntityForm | null;
  readonly beforeHash: string | null;
  readonly afterHash: string | null;
  readonly changes: FormChanges;
  /** Names of changed fields that people marked as private. */
  readonly privateFields: readonly string[];
  /** Names the rules by which the entity was hashed. */
  readonly rules: string;
}

/**
 * Derives the 13 dimensions of the profile `gate`. Each says something, if only that there is nothing to say; values of
 * fields come from the forms, where secrets are replaced already.
 */
export function cofOf(source: CofSource): Cof {
  const { event, place, changes } = source;
  const fields = Object.keys(changes);
  const cof: Cof = {
    identity: `${event.entity} ${event.id}; operation ${event.opId}`,
    intent: `${event.command ?? `${event.action} ${event.entity}`}; reason: ${named(event.reason, 'none given')}`,
    stakeholders: stakeholders(source),
    context: context(source),
    scope: `fields: ${listed(fields)}; entities: ${event.touched ?? 1}`,
    time: time(source),
    space: `back end: ${named(place.origin)}; machine: ${named(place.machine)}; workspace: ${named(place.workspace)}`,
    modality: `${event.surface}; ${channel(source)}; ${event.outcome === 'intent' ? 'pending' : event.outcome}`,
    state: state(event),
    scale: `records: ${event.touched ?? 1}; bytes: ${new TextEncoder().encode(canonicalJson(changes)).byteLength}`,
    risk: listed(risks(event)),
    evidence: proof(source),
    ethics: ethics(source, fields),
  };
  return Object.fromEntries(Object.entries(cof).map(([id, text]) => [id, plain(text)])) as Cof;
}

const formOf = ({ after, before }: CofSource): EntityForm => after ?? before ?? {};
const entityOf = ({ after, before }: EvidenceEvent): Entity | null => after ?? before;

function text(value: HashedValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function words(value: HashedValue | undefined): string {
  return Array.isArray(value) ? listed(value.filter((word) => typeof word === 'string')) : named(text(value));
}

function stakeholders(source: CofSource): string {
  const { owner, assignees } = formOf(source);
  return `actor: ${named(source.event.actor, 'unknown')}; owner: ${named(text(owner))}; assignees: ${words(assignees)}`;
}

function context(source: CofSource): string {
  const form = formOf(source);
  const { git, workspace } = source.place;
  const { entity, id } = source.event;
  const project = entity === 'project' ? id : text(form.project_id);
  const sprint = entity === 'sprint' ? id : text(form.sprint_id);
  const checkout = git ? `${named(git.branch, 'detached')} at ${named(git.commit)}` : 'none';
  return `workspace: ${named(workspace)}; project: ${named(project)}; sprint: ${named(sprint)}; git: ${checkout}`;
}

function time({ event, place }: CofSource): string {
  const entity = entityOf(event);
  const due = entity ? dueOf(entity) : null;
  const distance = due === null ? 'none' : dayDistance(event.at, due);
  const day = place.sprint ? sprintDay(event.at, place.sprint) : 'none';
  return `done: ${event.doneAt ?? event.at}; took: ${event.durationMs} ms; due: ${distance}; day of the sprint: ${day}`;
}

/** `CSV`: edited in a file; `API`: for a server; `local`: there is none. */
function channel({ event, place }: CofSource): string {
  if (event.surface === 'outside-edit') return 'CSV';
  return place.origin === undefined ? 'local' : 'API';
}

function state({ before, after }: EvidenceEvent): string {
  const status = `${before?.status ?? 'none'} to ${after?.status ?? 'none'}`;
  return `status: ${status}; version: ${before?.version ?? 0} to ${after?.version ?? 0}`;
}

function risks(event: EvidenceEvent): string[] {
  const entity = entityOf(event);
  const priority = entity && 'priority' in entity ? entity.priority : '';
  const kind = entityKinds.find((known) => known === event.entity);
  const found: Readonly<Record<string, boolean>> = {
    destructive: event.action === 'delete',
    overdue: entity !== null && kind !== undefined && isOverdue(kind, entity, event.at),
    [priority]: priority === 'p0' || priority === 'p1',
    blocked: entity?.status === 'blocked',
    conflict: event.outcome === 'conflict',
    rejected: event.outcome === 'rejected',
    override: event.gates?.some(({ override }) => override !== undefined) ?? false,
    warned: event.gates?.some(({ result }) => result === 'warn') ?? false,
    'chain broken': event.action === 'chain-break',
  };
  return Object.keys(found).filter((risk) => found[risk]);
}

function proof({ event, place, beforeHash, afterHash }: CofSource): string {
  const entity = entityOf(event);
  const criteria = entity && 'acceptanceCriteria' in entity ? entity.acceptanceCriteria : [];
  const done = criteria.filter((criterion) => criterion.done).length;
  const met = criteria.length === 0 ? 'none' : `${done} of ${criteria.length} met`;
  const links = entity && 'links' in entity ? entity.links.length : 0;
  const hashes = `before: ${named(beforeHash)}; after: ${named(afterHash)}`;
  return `${hashes}; acceptance criteria: ${met}; links: ${links}; commit: ${named(place.git?.commit)}`;
}

function ethics({ changes, place, privateFields, rules }: CofSource, fields: readonly string[]): string {
  const redactions = fields.filter((field) => !privateFields.includes(field) && changes[field]?.some(isProtected));
  const kept = `private fields: ${listed(privateFields)}; redactions: ${listed(redactions)}`;
  return `${kept}; permission: ${named(place.permission)}${rulesNote(rules)}`;
}
