import type { EntityKind } from '../ids.ts';
import { canonicalJson, type HashedValue } from './canonicalJson.ts';
import type { TextDigest } from './hashing.ts';
import { findSecrets } from './redaction.ts';

/** What keeps values out of the ledger that are nobody's business. */
export interface Shield {
  /** HMAC-SHA-256 under a key of the user's own. */
  readonly hmac: TextDigest;
  /** Whether people marked a field as private; names of the wire. */
  isPrivate(kind: EntityKind, field: string): boolean;
}

const prefix = 'hmac-sha256:';

/**
 * The value, or what stands for it: `hmac-sha256:<64 hex>` for the whole of a private field, and for each text in it that
 * looks like a secret. A plain hash of a short value could be guessed. Equal values of one field stay recognisable.
 */
export function protectedValue(kind: EntityKind, field: string, value: HashedValue, shield: Shield): HashedValue {
  if (shield.isPrivate(kind, field)) return sealed(field, value, shield);
  return withoutSecrets(field, value, shield);
}

/** Whether a recorded value is, or holds, something that stands for a value. */
export function isProtected(value: HashedValue): boolean {
  if (typeof value === 'string') return protectedText.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return (Array.isArray(value) ? value : Object.values(value)).some(isProtected);
}

const protectedText = /^hmac-sha256:[0-9a-f]{64}$/;

function withoutSecrets(field: string, value: HashedValue, shield: Shield): HashedValue {
  if (typeof value === 'string') return findSecrets(value).length > 0 ? sealed(field, value, shield) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: HashedValue) => withoutSecrets(field, item, shield));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(field, item, shield)]));
}

function sealed(field: string, value: HashedValue, { hmac }: Shield): string {
  return prefix + hmac(canonicalJson([field, value]));
}
