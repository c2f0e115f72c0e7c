import { DtmError, isDtmError } from '../../../core/errors.ts';
import type { Operation } from '../../../core/operation.ts';
import type { PushResult } from '../../../core/ports.ts';
import { rejected } from './pushContext.ts';

/** After so many crashes in a row it is the operation, and not an accident. */
const mostCrashes = 5;

/** Counts on which operations the server crashes (status 500): one that always does must not stop all others. */
export class CrashCounts {
  readonly #counts = new Map<string, number>();

  /** @throws DtmError what `work` throws, until that was a crash too often */
  async guard(operation: Operation, work: () => Promise<PushResult>): Promise<PushResult> {
    const { opId } = operation;
    try {
      const result = await work();
      this.#counts.delete(opId);
      return result;
    } catch (error) {
      if (!isDtmError(error) || error.details.status !== 500) throw error;
      const count = (this.#counts.get(opId) ?? 0) + 1;
      this.#counts.set(opId, count);
      if (count < mostCrashes) throw error;
      this.#counts.delete(opId);
      return rejected(operation, alwaysCrashes(error));
    }
  }
}

function alwaysCrashes(cause: DtmError): DtmError {
  return new DtmError('internal', `TaskMan-v2 failed on this change ${mostCrashes} times in a row (status 500)`, {
    hint: 'Whoever runs it finds the reason in its log; drop the change here, or make it in another way.',
    cause,
  });
}
