import { DtmError } from '../core/errors.ts';
import type { TrackerStore } from '../core/ports.ts';

const askAgainMs = 10_000;

/**
 * What somebody writes must not wait to be sent in the name of somebody else: as long as another account is signed in
 * than the workspace is bound for, it is only read. Asks once more before it refuses: somebody may just have signed in.
 * @throws DtmError `forbidden`
 */
export async function requireOwnAccount(store: TrackerStore): Promise<void> {
  if (store.status.connection.otherAccount !== undefined) await store.sync(askAgainMs);
  refuseOtherAccount(store);
}

/** @throws DtmError `forbidden` if another account is known to be signed in */
export function refuseOtherAccount({ status }: TrackerStore): void {
  const { otherAccount, reason = 'another account is signed in' } = status.connection;
  if (otherAccount === undefined) return;
  throw new DtmError('forbidden', `nothing was changed: ${reason}`, {
    hint: `Sign in with that account, or bind the workspace again for ${otherAccount}: what waits for the other one stays with it.`,
    details: { signedIn: otherAccount },
  });
}
