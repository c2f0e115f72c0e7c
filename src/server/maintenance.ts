import type { FastifyBaseLogger } from 'fastify';
import { pruneLoginAttempts } from './auth/loginThrottle.ts';
import type { ServerContext } from './context.ts';

const hourMs = 60 * 60 * 1_000;
const dayMs = 24 * hourMs;
/** In days: how long what is no longer current is kept (DTM API v1). */
const kept = { operations: 180, answers: 180, expiredTokens: 30, tombstones: 90, changes: 90 } as const;

/**
 * Forgets what is old, now and once an hour.
 * @returns what ends it
 */
export function startMaintenance(context: Pick<ServerContext, 'store' | 'now'>, log: FastifyBaseLogger): () => void {
  const run = (): void => {
    prune(context).catch((error: unknown) => log.error({ err: error }, 'maintenance failed'));
  };
  const timer = setInterval(run, hourMs);
  timer.unref();
  run();
  return () => clearInterval(timer);
}

export async function prune({ store, now }: Pick<ServerContext, 'store' | 'now'>): Promise<void> {
  const before = (days: number) => new Date(Date.parse(now()) - days * dayMs).toISOString();
  await store.write(async (tx) => {
    await tx.operations.prune(before(kept.operations));
    await tx.answers.prune(before(kept.answers));
    await tx.tombstones.prune(before(kept.tombstones));
    await tx.feed.prune(before(kept.changes));
    await tx.accounts.prune(before(0));
    await tx.personalTokens.prune(before(kept.expiredTokens));
  });
  await pruneLoginAttempts({ store, now });
}
