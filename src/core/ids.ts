/** The three kinds of entity, parents first. */
export const entityKinds = ['project', 'sprint', 'task'] as const;
export type EntityKind = (typeof entityKinds)[number];

/** The form of every id (DTM API v1). */
export const entityIdPattern = /^[PST]-[A-Za-z0-9_-]{1,64}$/;

const prefixes = { project: 'P-', sprint: 'S-', task: 'T-' } as const;
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const idLength = 10;

export function prefixOf(kind: EntityKind): string {
  return prefixes[kind];
}

/** The kind an id belongs to, or undefined if it is not the form of an id. */
export function kindOfId(id: string): EntityKind | undefined {
  if (!entityIdPattern.test(id)) return undefined;
  return entityKinds.find((kind) => id.startsWith(prefixes[kind]));
}

/**
 * Makes an id of ten random Crockford base-32 characters: 50 bits, so that clients can make them while offline.
 * @param randomBytes gives that many random bytes
 */
export function newEntityId(kind: EntityKind, randomBytes: (count: number) => Uint8Array): string {
  let id = prefixes[kind];
  for (const byte of randomBytes(idLength)) id += crockford[byte % crockford.length];
  return id;
}

/**
 * An operation id (https://github.com/ulid/spec) that is the same wherever it is made from the same bytes.
 * @param bytes at least 26, evenly distributed: a hash of what the operation is about
 */
export function derivedUlid(bytes: Uint8Array): string {
  const [first = 0, ...rest] = bytes.subarray(0, 26);
  return [first % 8, ...rest.map((byte) => byte % crockford.length)].map((digit) => crockford[digit]).join('');
}
