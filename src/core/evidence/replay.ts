import { entityKinds } from '../ids.ts';
import { jsonEqual } from '../json.ts';
import type { HashedValue } from './canonicalJson.ts';
import { type EntityForm, formHash } from './entityForm.ts';
import type { TextDigest } from './hashing.ts';
import type { EvidenceRecord } from './record.ts';
import type { Law } from './report.ts';

/** What is wrong with a record, apart from its place in the chain. */
export interface Breach {
  readonly law: Law;
  readonly message: string;
}

/** What the records so far say about an entity. */
interface Known {
  /** Null: it does not exist. */
  readonly hash: string | null;
  /** The fields that records told of; null: empty. */
  readonly fields: EntityForm;
  /** Whether these are all the fields that it has. */
  readonly isWhole: boolean;
}

const kinds: ReadonlySet<string> = new Set(entityKinds);
const nothing: Known = { hash: null, fields: {}, isWhole: true };

/** Replays records: follows each entity's hash and fields, and compares them with what the next record says. */
export class Replay {
  readonly #known = new Map<string, Known>();
  readonly #sha256: TextDigest;

  constructor(sha256: TextDigest) {
    this.#sha256 = sha256;
  }

  /** Forgets everything: records were lost. */
  clear(): void {
    this.#known.clear();
  }

  /** Follows one record. @returns what law of integrity or reproducibility it breaks */
  follow(record: EvidenceRecord): Breach | undefined {
    if (!kinds.has(record.entity)) return undefined;
    const known = this.#known.get(record.id) ?? unknownBefore(record);
    const next = nextOf(record, known);
    const breach = integrityBreach(record, known) ?? this.#reproducibilityBreach(record, known, next);
    if (!breach) this.#known.set(record.id, next);
    return breach;
  }

  /**
   * Compares what the records come to with what is there now.
   * @param current null where there is no such entity, undefined where that is not known
   */
  compare(current: (id: string) => EntityForm | null | undefined): Breach | undefined {
    for (const [id, known] of this.#known) {
      const form = current(id);
      const field = form === undefined ? undefined : differingField(known, form);
      if (field !== undefined)
        return reproducibility(`replaying the records gives another ${field} of ${id} than there is`);
    }
    return undefined;
  }

  #reproducibilityBreach(record: EvidenceRecord, known: Known, next: Known): Breach | undefined {
    if (record.action === 'remote') return undefined;
    const wrong = Object.entries(record.changes).find(([field, [from]]) => !isAsKnown(known, field, from));
    if (wrong) return reproducibility(`${wrong[0]} was not what the record says it was`);
    if (!next.isWhole) return partialBreach(record);
    const form = { id: record.id, ...filled(next.fields) };
    const hash = record.after_hash === null ? null : formHash(form, this.#sha256);
    if (hash !== record.after_hash) return reproducibility('the changed fields do not give after_hash');
    const isEmpty = Object.keys(form).length === 1;
    return hash === null && !isEmpty ? reproducibility('it is gone, but fields of it are left') : undefined;
  }
}

function reproducibility(message: string): Breach {
  return { law: 'reproducibility', message };
}

function integrityBreach(record: EvidenceRecord, known: Known): Breach | undefined {
  if (known.hash === record.before_hash) return undefined;
  return { law: 'integrity', message: `before_hash is not the after_hash of the record before of ${record.id}` };
}

/** Where fields are unknown the hash cannot be computed, but it changes exactly if a field does. */
function partialBreach({ before_hash, after_hash, changes }: EvidenceRecord): Breach | undefined {
  const isChanged = Object.keys(changes).length > 0;
  return isChanged === (before_hash !== after_hash)
    ? undefined
    : reproducibility('hash and fields do not change alike');
}

/** The first record of an entity is believed about what was before. */
function unknownBefore({ before_hash: hash }: EvidenceRecord): Known {
  return hash === null ? nothing : { hash, fields: {}, isWhole: false };
}

function nextOf(record: EvidenceRecord, known: Known): Known {
  const { after_hash: hash, before_hash: before, changes } = record;
  const isUntold = record.action === 'remote' && hash !== before;
  if (isUntold) return hash === null ? nothing : { hash, fields: {}, isWhole: false };
  const told = Object.entries(changes).map(([field, [, to]]) => [field, to as HashedValue]);
  return { hash, fields: { ...known.fields, ...Object.fromEntries(told) }, isWhole: known.isWhole || hash === null };
}

function isAsKnown({ fields, isWhole }: Known, field: string, from: unknown): boolean {
  return (!isWhole && !Object.hasOwn(fields, field)) || jsonEqual(fields[field] ?? null, from);
}

function filled(fields: EntityForm): EntityForm {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function differingField({ hash, fields, isWhole }: Known, current: EntityForm | null): string | undefined {
  if (hash === null || current === null) return hash === null && current === null ? undefined : 'existence';
  const { id: _id, ...now } = current;
  const names = isWhole ? new Set([...Object.keys(fields), ...Object.keys(now)]) : Object.keys(fields);
  return [...names].find((field) => !jsonEqual(fields[field] ?? null, now[field] ?? null));
}
