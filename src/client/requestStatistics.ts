/** One attempt to send a request, as it went. */
export interface RequestSample {
  /** Method and path without ids. */
  readonly operation: string;
  /** The status of the answer, or the code of the error where none came. */
  readonly outcome: number | string;
  readonly ms: number;
  /** Of the bodies, as they travelled. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Hears of every attempt. */
export interface RequestRecorder {
  record(sample: RequestSample): void;
}

/** What became of the requests of one kind. */
export interface OperationTotals {
  readonly operation: string;
  readonly attempts: number;
  /** How many had which outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly totalMs: number;
  readonly longestMs: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Counts attempts, sizes and durations by operation. */
export class RequestStatistics implements RequestRecorder {
  readonly #byOperation = new Map<string, OperationTotals>();

  record({ operation, outcome, ms, sentBytes, receivedBytes }: RequestSample): void {
    const before = this.#byOperation.get(operation);
    this.#byOperation.set(operation, {
      operation,
      attempts: (before?.attempts ?? 0) + 1,
      outcomes: { ...before?.outcomes, [outcome]: (before?.outcomes[outcome] ?? 0) + 1 },
      totalMs: (before?.totalMs ?? 0) + ms,
      longestMs: Math.max(before?.longestMs ?? 0, ms),
      sentBytes: (before?.sentBytes ?? 0) + sentBytes,
      receivedBytes: (before?.receivedBytes ?? 0) + receivedBytes,
    });
  }

  /** The operations, the one that took most time first. */
  totals(): readonly OperationTotals[] {
    return [...this.#byOperation.values()].sort((a, b) => b.totalMs - a.totalMs);
  }
}
