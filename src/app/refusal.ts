import { DtmError, type ErrorCode } from '../core/errors.ts';
import type { Settlement } from '../core/ports.ts';
import type { Problem } from '../core/problem.ts';

type Refused = Extract<Settlement, { outcome: 'rejected' | 'conflict' }>;

/** The error that tells the person why the server did not take a change. */
export function refusalError(refused: Refused): DtmError {
  if (refused.outcome === 'rejected') return problemError(refused.problem);
  if (refused.problem) return problemError(refused.problem, 'conflict');
  const what = refused.fields.length > 0 ? refused.fields.join(', ') : 'it';
  return new DtmError('conflict', `someone else changed ${what} at the same time`, {
    hint: 'Look at it again and repeat the change. Nothing of theirs was overwritten.',
  });
}

/** A stored problem as an error again. */
function problemError(problem: Problem, code: ErrorCode = problem.code as ErrorCode): DtmError {
  return new DtmError(code, problem.message, problem.hint === undefined ? {} : { hint: problem.hint });
}
