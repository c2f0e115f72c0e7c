import { DtmError } from '../core/errors.ts';

/** The tracker was closed while something was about to be written. */
export function closedMeanwhile(): DtmError {
  return new DtmError('cancelled', 'the workspace was closed, or bound to something else, meanwhile', {
    hint: 'Nothing was changed. Look at it again and repeat the change.',
  });
}

/** Only one process writes the CSV files. */
export function heldElsewhere(): DtmError {
  return new DtmError('cannot-write', 'another window of this workspace writes the CSV files', {
    hint: 'Use the command in that window, or close it.',
  });
}

/** The answer did not come in time. @param timeoutMs milliseconds */
export function timedOut(timeoutMs: number): DtmError {
  return new DtmError('timeout', `the sync took longer than ${timeoutMs} ms`, {
    hint: 'It goes on in the background; what is queued stays safe.',
    retryable: true,
  });
}

/** Another window, or another command, was faster. */
export function settledMeanwhile(id: string): DtmError {
  return new DtmError('conflict', `what was stopped of ${id} has been settled or has changed meanwhile`, {
    hint: 'Look at what there is now, and decide again if anything is left.',
  });
}
