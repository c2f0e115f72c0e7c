/** A mistake that somebody could make, and the tests that must not let it through. */
export interface Breakage {
  readonly name: string;
  readonly file: string;
  /** What stands there, exactly once. */
  readonly right: string;
  readonly wrong: string;
  readonly tests: string;
  /** Part of the name of the test that has to notice. Default: any of them. */
  readonly only?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const decisions = 'test/unit/workspace/stoppedChanges.test.ts';
const outsideEdits = 'test/unit/workspace/csv/outsideEdits.test.ts';
const power = 'test/faults/crashStates.test.ts';

export const breakages: readonly Breakage[] = [
  {
    name: 'fsync left out',
    file: 'src/workspace/segmentWriter.ts',
    right: 'await this.#file.datasync();',
    wrong: ';',
    tests: power,
  },
  {
    name: 'the name of a new segment not synced',
    file: 'src/workspace/journal.ts',
    right: 'await syncFolder(this.#segments);',
    wrong: 'void syncFolder;',
    tests: power,
  },
  {
    name: 'success before append',
    file: 'src/workspace/segmentWriter.ts',
    right: 'this.#waiting.push({ lines, durable, resolve, reject });',
    wrong: 'this.#waiting.push({ lines, durable, resolve, reject }); resolve();',
    tests: power,
  },
  {
    name: 'id made anew on retry',
    file: 'src/client/batches.ts',
    right: 'JSON.stringify(operationToWire(operation))',
    wrong: `JSON.stringify({
      ...operationToWire(operation),
      op_id: operation.opId.slice(0, 16) + String(Math.random()).slice(2, 12).padEnd(10, '0'),
    })`,
    tests: 'test/faults/network.test.ts',
  },
  {
    name: 'conflict resolved by last writer',
    file: 'src/core/apply.ts',
    right: 'if (!jsonEqual(now, scalar.from)) return false;',
    wrong: '',
    tests: 'test/unit/core/apply.test.ts',
  },
  {
    name: 'lease ignored',
    file: 'src/workspace/lease.ts',
    right: 'if (newest && !(await this.#isFree(newest))) return undefined;',
    wrong: '',
    tests: 'test/unit/workspace/lease.test.ts',
  },
  {
    name: 'changes numbered before they are committed, on PostgreSQL',
    file: 'src/server/store/postgresPool.ts',
    right: '    await takeWriteLock(db);\n    return work(db);',
    wrong: '    return work(db);',
    tests: 'test/contract/concurrency.test.ts',
    only: 'shows each reader every change once',
    env: { DTM_TEST_STORE: 'postgres', FEED_SECONDS: '10' },
  },
  {
    name: 'deletion inferred from absence',
    file: 'src/client/dialects/taskman/pull.ts',
    right: 'const found = await api.find(kind, id, signal);',
    wrong: "const found = { state: 'missing' } as Awaited<ReturnType<typeof api.find>>;",
    tests: 'test/taskman/*.test.ts',
  },
  {
    name: 'decision that leaves its question behind',
    file: 'src/workspace/trackerState.ts',
    right:
      "...(record.replaced ?? []).flatMap((opId) => this.#settle(opId, { outcome: 'rejected', problem: replaced })),",
    wrong: '...(replaced ? [] : []),',
    tests: decisions,
  },
  {
    name: 'decision that comes after what waits for it',
    file: 'src/core/resolution.ts',
    right: 'return needsPlace ? [...together, ...copies(author, change.waiting)] : together;',
    wrong: 'return needsPlace || !copies ? together : together;',
    tests: decisions,
  },
  {
    name: 'decision that takes their side in what only the person changed',
    file: 'src/core/resolution.ts',
    right: "(contradicts || isAboutAll ? side : 'mine')",
    wrong: '(contradicts || isAboutAll ? side : side)',
    tests: decisions,
  },
  {
    name: 'decision that forgets what others deleted',
    file: 'src/workspace/trackerState.ts',
    right: 'if (known) this.#lastSeen.set(id, known);',
    wrong: 'void known;',
    tests: decisions,
  },
  {
    name: 'undo: the oldest operation is taken back first',
    file: 'src/core/inverse.ts',
    right: 'operations.toReversed().map',
    wrong: 'operations.map',
    tests: 'test/unit/core/inverse.test.ts',
  },
  {
    name: 'undo: a server believes in every step back',
    file: 'src/server/write/takenBack.ts',
    right: 'return made && made.from === step.to && made.to === step.from ? operation : plain;',
    wrong: 'return made ? operation : operation;',
    tests: 'test/contract/batch.test.ts',
    only: 'takes a step of the status back',
  },
  {
    name: 'undo: the second does not wait for the first',
    file: 'src/app/undoHistory.ts',
    right: 'await before;',
    wrong: 'void before;',
    tests: 'test/unit/app/undoHistory.test.ts',
    only: 'several at once',
  },
  {
    name: 'CSV: an older copy counts as if it had been written last',
    file: 'src/workspace/csv/rowComparison.ts',
    right: 'else if (projected && (version ?? projected.version) === projected.version) this.#edited(row, projected);',
    wrong: 'else if (projected) this.#edited(row, projected);',
    tests: outsideEdits,
    only: 'of an older copy',
  },
  {
    name: 'CSV: rows that are gone are deleted unasked',
    file: 'src/workspace/csv/outsideReader.ts',
    right: "const undeletable = answer.missing === 'delete' ? taker.delete(decided) : [];",
    wrong: 'const undeletable = taker.delete(tables.flatMap((table) => table.missing));',
    tests: outsideEdits,
    only: 'ask before anything is deleted',
  },
  {
    name: 'CSV: a new row is created again after a crash',
    file: 'src/workspace/csv/editTaker.ts',
    right: 'derivedId(kind, [salt, ...row.cells], used)',
    wrong: 'derivedId(kind, [this.#options.author.newId(), ...row.cells], used)',
    tests: outsideEdits,
    only: 'create the same task once',
  },
  {
    name: 'CSV: files of a stranger are read',
    file: 'src/workspace/csv/projection.ts',
    right: 'return this.#options.isTrusted?.() ?? this.memory.trusted;',
    wrong: 'return true;',
    tests: outsideEdits,
    only: 'before the person trusts it',
  },
];
