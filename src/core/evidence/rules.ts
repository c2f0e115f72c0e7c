import { editableFields } from '../entity.ts';
import { type EntityKind, entityKinds } from '../ids.ts';
import { wireName } from '../wire.ts';
import { canonicalJson } from './canonicalJson.ts';
import type { EvidenceHashes } from './hashing.ts';
import { secretShapes } from './secretShapes.ts';

/** To be raised where the form of an entity changes in a way that the parts named below do not tell. */
const formVersion = 1;

/** What records are made with. */
export interface EvidenceMeans extends EvidenceHashes {
  /** Whether people marked a field as private; names of the wire. */
  isPrivate(kind: EntityKind, field: string): boolean;
  /** Names the rules by which entities are hashed: 12 hexadecimal digits. */
  readonly rules: string;
}

/**
 * Brings hashes and private fields together, and names the rules that come of it. A later version may know more fields
 * or more shapes of secrets, people may mark another field, a key may be lost: then the same entity has another
 * hash, which is no tampering.
 */
export function evidenceMeans(hashes: EvidenceHashes, isPrivate: EvidenceMeans['isPrivate']): EvidenceMeans {
  const fields = entityKinds.flatMap((kind) =>
    editableFields(kind).map((field) => `${kind}.${wireName(field)}${isPrivate(kind, wireName(field)) ? '!' : ''}`),
  );
  const shapes = secretShapes.map(({ pattern }) => pattern.source);
  const key = hashes.hmac('rules');
  const rules = hashes.sha256(canonicalJson([formVersion, fields, shapes, key])).slice(0, 12);
  return { ...hashes, isPrivate, rules };
}

/** How the dimension `ethics` ends. */
export function rulesNote(rules: string): string {
  return `; rules: ${rules}`;
}

/** The rules by which a record was made; empty where it does not say. */
export function rulesOf({ cof }: { readonly cof: { readonly ethics: string } }): string {
  return /; rules: (?<rules>[0-9a-f]{12})$/.exec(cof.ethics)?.groups?.rules ?? '';
}
