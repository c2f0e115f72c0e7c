/** What the servers of a run keep their data in: `DTM_TEST_STORE`. */
export const storeKinds = ['sqlite', 'postgres', 'postgres-two'] as const;
export type StoreKind = (typeof storeKinds)[number];

export function testStore(): StoreKind {
  const wanted = process.env.DTM_TEST_STORE || 'sqlite';
  const known = storeKinds.find((kind) => kind === wanted);
  if (!known) throw new Error(`DTM_TEST_STORE is ${wanted}; it can be ${storeKinds.join(', ')}`);
  return known;
}

const alternatives = new Map<string, string[]>();

/** From now on requests for one process of a service go to it and to another one in turn. */
export function alternateOrigins(origin: string, other: string): void {
  alternatives.set(origin, [origin, other]);
}

/** Who answers the next request that is meant for an origin. */
export function nextOrigin(origin: string): string {
  const turn = alternatives.get(origin);
  const next = turn?.shift();
  if (next === undefined) return origin;
  turn?.push(next);
  return next;
}
