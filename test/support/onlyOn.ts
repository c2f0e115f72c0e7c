import { type StoreKind, testStore } from './testStore.ts';

/**
 * Skips the test or the suite that asks, unless the run is on one of the stores; says why.
 * Each store costs the run minutes: what does not depend on the store is tried once.
 */
export function onlyOn(context: Mocha.Context, stores: readonly StoreKind[], reason: string): void {
  if (stores.includes(testStore())) return;
  console.log(`      skipped: ${reason}`);
  context.skip();
}
