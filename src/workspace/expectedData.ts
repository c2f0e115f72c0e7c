import { DtmError } from '../core/errors.ts';
import type { BackendIdentity } from '../core/ports.ts';

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
