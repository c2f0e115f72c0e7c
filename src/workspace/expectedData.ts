import { DtmError } from '../core/errors.ts';
import type { BackendIdentity } from '../core/ports.ts';

/** The data that a workspace is bound to, and for whom. */
export interface ExpectedData extends BackendIdentity {
  readonly account?: string;
}

/**
 * Makes sure that what one account queued is not sent in the name of another one.
 * @param actual who is signed in; undefined if that is not known yet
 * @throws DtmError `unauthenticated`
 */
export function requireSameAccount(expected: ExpectedData, actual: string | undefined): void {
  if (actual === undefined || expected.account === undefined || actual === expected.account) return;
  throw new DtmError('unauthenticated', `${actual} is signed in, but this workspace is bound for ${expected.account}`, {
    hint: `Sign in as ${expected.account}, or bind the workspace again for ${actual}.`,
    details: { signedIn: actual },
  });
}

/**
 * Makes sure that the data at the other end are those the workspace is bound to, before anything is sent. Another epoch
 * of them is not another data set: see `recovery/`.
 * @throws DtmError `incompatible`
 */
export function requireSameData(expected: BackendIdentity, found: BackendIdentity): void {
  if (expected.serverId === found.serverId && expected.datasetId === found.datasetId) return;
  const others = found.label ?? 'another server, or other data,';
  throw new DtmError('incompatible', `${others} answers at this address; nothing was sent to it`, {
    hint: 'What is queued here stays safe, and is sent when the data of before are back. Bind the workspace again to go on with these.',
    details: { expected, found },
  });
}
