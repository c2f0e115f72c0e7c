import { DtmError } from '../core/errors.ts';
import type { BackendIdentity } from '../core/ports.ts';

/** The data that a workspace is bound to, and for whom. */
export interface ExpectedData extends BackendIdentity {
  readonly account?: string;
}

/**
 * Makes sure that what one account queued is not sent in the name of another one.
 * @param actual who is signed in; undefined if that is not known, as with a token from the environment
 * @throws DtmError `unauthenticated`
 */
export function requireSameAccount(expected: ExpectedData, actual: string | undefined): void {
  if (actual === undefined || expected.account === undefined || actual === expected.account) return;
  throw new DtmError('unauthenticated', `${actual} is signed in, but this workspace is bound for ${expected.account}`, {
    hint: `Sign in as ${expected.account}, or bind the workspace again for ${actual}.`,
  });
}

/**
 * Makes sure that the data at the other end are those the workspace is bound to, before anything is sent.
 * @throws DtmError `incompatible`
 */
export function requireSameData(expected: BackendIdentity, found: BackendIdentity): void {
  if (!isSameData(expected, found)) throw otherData(expected, found);
}

function isSameData(expected: BackendIdentity, found: BackendIdentity): boolean {
  return (
    expected.serverId === found.serverId && expected.datasetId === found.datasetId && expected.epoch === found.epoch
  );
}

function otherData(expected: BackendIdentity, found: BackendIdentity): DtmError {
  const restored = expected.serverId === found.serverId && expected.datasetId === found.datasetId;
  const what = restored
    ? 'this server was restored from a backup'
    : 'another server, or other data, answers at this address';
  return new DtmError('incompatible', `${what}; nothing was sent to it`, {
    hint: 'Bind the workspace again to go on with it; what is queued here stays safe until then.',
    details: { expected, found },
  });
}
