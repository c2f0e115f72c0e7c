import { DtmError, systemCode } from '../../core/errors.ts';

/** Classes and codes of SQLSTATE (PostgreSQL, appendix A) that pass when the database is well again. */
const passing: readonly (readonly [RegExp, string])[] = [
  [/^(08|57P0)/, 'the database of the server is not reachable or is being restarted'],
  [/^25006$/, 'the database of the server takes no writes at the moment'],
  [/^(53100|53200|58)/, 'the database of the server has no room, or its disk fails'],
  [/^53/, 'the database of the server has too many connections'],
  [/^(55P03|57014|25P03|40001|40P01)$/, 'the database of the server is too busy'],
];
/** What Node.js and the driver say when there is no connection, or none any more. */
const networkCodes = /^(ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
const driverMessages =
  /connection terminated|connection error|timeout exceeded when trying to connect|query read timeout/i;

/** The SQLSTATE of an error of PostgreSQL; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  const code = systemCode(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !networkCodes.test(code) ? code : undefined;
}

/**
 * Whether the same transaction may succeed when it is tried again: it met another one (serialisation failure,
 * deadlock), or found a row that another one had just added (unique violation), which it sees the next time.
 */
export function isCollision(error: unknown): boolean {
  return ['40001', '40P01', '23505'].includes(sqlState(error) ?? '');
}

/** Whether the database answers, but is read-only, has no room, or its disk fails. */
export function takesNoWrites(error: unknown): boolean {
  return /^(25006|53100|58)/.test(sqlState(error) ?? '');
}

/** Why the database does not work just now; undefined if that is not what the error says. */
export function outageOf(error: unknown): string | undefined {
  const state = sqlState(error);
  if (state !== undefined) return passing.find(([pattern]) => pattern.test(state))?.[1];
  const isNetwork = networkCodes.test(systemCode(error) ?? '');
  const isDriver = error instanceof Error && driverMessages.test(error.message);
  return isNetwork || isDriver ? passing[0]?.[1] : undefined;
}

/**
 * Turns failures of the database, which pass, and values that PostgreSQL has no room for into errors that may be told.
 * @throws DtmError `unavailable` (retryable), `validation`; every other error as it is
 */
export async function tellable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = outageOf(error);
    if (reason !== undefined) throw unavailable(reason, error);
    // Class 22, data exceptions: NUL, a number out of range, text where a column holds numbers.
    if (sqlState(error)?.startsWith('22')) throw unsuitable(error);
    throw error;
  }
}

export function unavailable(reason: string, cause: unknown): DtmError {
  return new DtmError('unavailable', reason, {
    hint: 'Try again in a few seconds: what carries an operation id or a version is never applied twice.',
    cause,
    retryable: true,
  });
}

function unsuitable(cause: unknown): DtmError {
  return new DtmError('validation', 'a value has the wrong type, is out of range or holds NUL', {
    hint: 'Correct the value and send it again.',
    cause,
  });
}
