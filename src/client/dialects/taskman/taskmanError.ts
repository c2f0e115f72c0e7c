import * as z from 'zod';
import { DtmError, type ErrorCode, type FieldProblem, isDtmError } from '../../../core/errors.ts';
import type { EntityKind } from '../../../core/ids.ts';
import { answerError, type RawAnswer } from '../../answerError.ts';

/** The two shapes that `detail` has: text, and FastAPI's list of what is wrong with a body. */
const textBody = z.object({ detail: z.string() });
const listBody = z.object({
  detail: z.array(z.object({ type: z.string(), loc: z.array(z.union([z.string(), z.number()])), msg: z.string() })),
});

const missing = /^(Project|Sprint|Task)(?: not found: (\S+)| (\S+) not found)$/;
const duplicate = /^A \w+ with this identifier already exists$/;
const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'bad-request',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'already-exists',
  422: 'validation',
};

/**
 * What an answer that is no success means. Its text is repeated only where it is known to be meant for people: in
 * every other case it may be the database driver's, with the statement and its values.
 */
export function taskmanError(origin: string, answer: RawAnswer): DtmError {
  const list = listBody.safeParse(answer.body);
  if (list.success && answer.status === 422) return invalid(answer, list.data.detail);
  const text = textBody.safeParse(answer.body);
  const code = codes[answer.status];
  if (!text.success || code === undefined) return answerError(origin, answer);
  return refused(answer, code, text.data.detail);
}

/**
 * Whether the server says that an entity does not exist: any other 404 is about an address, and proves nothing.
 * @param kind absent: whatever it is that does not exist
 */
export function isMissing(error: unknown, kind?: EntityKind): error is DtmError {
  if (!isDtmError(error, 'not-found')) return false;
  const { missing } = error.details;
  return kind === undefined ? missing !== undefined : missing === kind;
}

function refused(answer: RawAnswer, code: ErrorCode, detail: string): DtmError {
  const details = factsOf(answer);
  const [, kind, first, second] = missing.exec(detail) ?? [];
  if (kind) {
    const what = kind.toLowerCase();
    const message = `there is no ${what} ${first ?? second} on the server`;
    const hint = `Synchronise, and choose another ${what}.`;
    return new DtmError('not-found', message, { hint, details: { ...details, missing: what } });
  }
  if (duplicate.test(detail)) return new DtmError('already-exists', 'this id exists on the server', { details });
  return new DtmError(code, `TaskMan-v2 refused it with status ${answer.status}`, {
    hint: 'Its explanation is for its developers; look into its log for this request.',
    details,
  });
}

function invalid(answer: RawAnswer, problems: z.infer<typeof listBody>['detail']): DtmError {
  const fields = problems.map(({ type, loc, msg }): FieldProblem => {
    const path = loc.filter((step) => step !== 'body').join('.');
    return { path, code: type, message: msg };
  });
  const first = fields[0];
  const what = first ? `: ${[first.path, first.message].filter((part) => part !== '').join(': ')}` : '';
  return new DtmError('validation', `TaskMan-v2 cannot take this${what}`, {
    hint: 'Correct the value and try again.',
    fields,
    details: factsOf(answer),
  });
}

function factsOf(answer: RawAnswer): Record<string, unknown> {
  return { status: answer.status, requestId: answer.requestId };
}
