import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsFolder } from '../support/paths.ts';
import { type FaultKind, FaultTable } from './faultTable.ts';

const table = new FaultTable();

// A hook of the root suite, which all files of a run share: the end of the last of them.
after('prints what was broken, and what became of the operations', () => {
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(join(resultsFolder, 'fault-table.json'), JSON.stringify(table.json, undefined, 2));
  console.log(`\n${table.toString().replace(/^/gm, '  ')}`);
});

/** The operations that did not end as they must, by name. */
export interface Failures {
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  readonly diverged: readonly string[];
}

/** One test's part in the table: what it breaks, counted where it is broken, and how the operations ended. */
export class Trial {
  readonly #injected: Map<FaultKind, number>;

  /** @param kinds what it claims to break: all of it, or {@link Trial.conclude} fails */
  constructor(name: string, kinds: readonly FaultKind[], seed?: number) {
    this.#injected = new Map(kinds.map((kind) => [kind, 0]));
    if (seed !== undefined) table.seed(name, seed);
  }

  injected(kind: FaultKind, times = 1): void {
    this.#injected.set(kind, (this.#injected.get(kind) ?? 0) + times);
    table.inject(kind, times);
  }

  /** Operations that were reported as done. @param kinds what was broken meanwhile. Default: all that the test breaks */
  acknowledged(count: number, kinds: Iterable<FaultKind> = this.#injected.keys()): void {
    table.judge(kinds, { acknowledged: count });
  }

  /** Judges the end: nothing may be lost, duplicated or diverged, and everything claimed was really broken. */
  conclude(failures: Failures): void {
    const { lost, duplicated, diverged } = failures;
    table.judge(this.#injected.keys(), {
      lost: lost.length,
      duplicated: duplicated.length,
      diverged: diverged.length,
    });
    assert.deepEqual(failures, { lost: [], duplicated: [], diverged: [] });
    const missing = [...this.#injected].filter(([, times]) => times === 0).map(([kind]) => kind);
    assert.deepEqual(missing, [], 'what was never injected was not tested');
  }
}
