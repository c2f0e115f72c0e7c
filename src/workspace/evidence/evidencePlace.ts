import type { EvidencePlace } from '../../core/evidence/event.ts';
import type { Clock } from '../../core/ports.ts';
import type { EvidenceOrigin } from '../trackerOptions.ts';
import { sha256 } from './evidenceMeans.ts';
import { GitCheckout } from './gitCheckout.ts';

/** What records name as their workspace: the hash of its path. */
export function workspaceHash({ workspace }: Pick<EvidenceOrigin, 'workspace'>): string {
  return sha256(workspace ?? 'the personal workspace');
}

/** Tells where things happen, as of now. */
export function evidencePlaceOf(origin: EvidenceOrigin, clock: Clock): () => Promise<EvidencePlace> {
  const checkout = new GitCheckout(origin.workspace, () => clock.monotonic());
  const fixed = { workspace: workspaceHash(origin), machine: sha256(origin.machine), origin: origin.origin };
  return async () => ({ ...fixed, git: await checkout.read() });
}
