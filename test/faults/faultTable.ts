/** Everything that this suite breaks on purpose, in the order of the table. */
export const faultKinds = [
  'kill -9 resident',
  'kill -9 visitor',
  'kill -9 server',
  'holder stalled',
  'server restarted',
  'power failure',
  'connection reset',
  'connection refused',
  'connection silent',
  'traffic delayed',
  'traffic cut off',
  'request sent twice',
  'answer lost',
  'answer torn',
  'answered 429',
  'answered 5xx',
  'server restored',
  'disk full',
  'folder read-only',
  '.dtm deleted',
  'CSV half-written',
  'clock set back',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Outcome {
  /** Operations that were reported as done. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly diverged: number;
}

interface Row extends Outcome {
  readonly injected: number;
}

const nothing: Row = { injected: 0, acknowledged: 0, lost: 0, duplicated: 0, diverged: 0 };
const columns = ['injected', 'acknowledged', 'lost', 'duplicated', 'diverged'] as const;

/** What all tests of the suite broke, and what became of the operations meanwhile. */
export class FaultTable {
  readonly #rows = new Map<FaultKind, Row>();
  readonly #seeds: string[] = [];
  #sum = nothing;

  inject(kind: FaultKind, times: number): void {
    this.#add(kind, { injected: times });
    this.#sum = sumOf(this.#sum, { injected: times });
  }

  /** @param kinds what went wrong meanwhile: each of their rows counts the operations, the last row counts them once */
  judge(kinds: Iterable<FaultKind>, outcome: Partial<Outcome>): void {
    for (const kind of kinds) this.#add(kind, outcome);
    this.#sum = sumOf(this.#sum, outcome);
  }

  seed(test: string, seed: number): void {
    this.#seeds.push(`${test} ${seed}`);
  }

  get json(): object {
    return { faults: Object.fromEntries(this.#rows), sum: this.#sum, seeds: this.#seeds };
  }

  /** The table as people read it. */
  toString(): string {
    const rows = faultKinds.flatMap((kind) => {
      const row = this.#rows.get(kind);
      return row
        ? [
            line(
              kind,
              columns.map((column) => row[column]),
            ),
          ]
        : [];
    });
    const sum = columns.map((column) => this.#sum[column]);
    return [
      line('fault', columns),
      ...rows,
      line('all', sum),
      'Where several faults met the same operations, each of their rows counts them; the last row counts them once.',
      `Seeds (FAULT_SEED plays them again): ${this.#seeds.join(', ')}`,
    ].join('\n');
  }

  #add(kind: FaultKind, more: Partial<Row>): void {
    this.#rows.set(kind, sumOf(this.#rows.get(kind) ?? nothing, more));
  }
}

function sumOf(row: Row, more: Partial<Row>): Row {
  const sums = columns.map((column) => [column, row[column] + (more[column] ?? 0)] as const);
  return { ...nothing, ...Object.fromEntries(sums) };
}

function line(name: string, figures: readonly (string | number)[]): string {
  return name.padEnd(20) + figures.map((figure) => String(figure).padStart(14)).join('');
}
