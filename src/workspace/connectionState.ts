import type { DtmError } from '../core/errors.ts';
import type { Clock, Connection, ConnectionKind } from '../core/ports.ts';

/** Which state a failed sync means. */
export function connectionAfter(error: DtmError): ConnectionKind {
  switch (error.code) {
    case 'offline':
    case 'timeout':
      return 'offline';
    case 'unauthenticated':
    case 'token-expired':
    case 'refresh-token-reused':
      return 'signed-out';
    case 'incompatible':
      return 'incompatible';
    default:
      return 'degraded';
  }
}

/** A sync is something that happens while online: how long the server has been there goes on through it. */
function isSameForPeople(kind: ConnectionKind, before: ConnectionKind): boolean {
  const isUp = (one: ConnectionKind) => one === 'online' || one === 'syncing';
  return kind === before || (isUp(kind) && isUp(before));
}

/** The next state; `since` moves only when a person would call it another one. */
export function nextConnection(
  previous: Connection,
  kind: ConnectionKind,
  clock: Clock,
  facts: { reason?: string; latencyMs?: number; synced?: boolean } = {},
): Connection {
  const now = clock.now();
  const lastSync = facts.synced ? now : previous.lastSync;
  return {
    kind,
    since: isSameForPeople(kind, previous.kind) ? previous.since : now,
    ...(facts.reason === undefined ? {} : { reason: facts.reason }),
    ...(facts.latencyMs === undefined ? {} : { latencyMs: facts.latencyMs }),
    ...(lastSync === undefined ? {} : { lastSync }),
  };
}

/**
 * How long to wait before the next try, in milliseconds: full jitter over a doubling span, so that many clients of one
 * server do not come back at the same moment. A server on this machine is asked more often: a refused port costs nothing.
 * @param attempt failures in a row, from 1
 * @param random in [0, 1)
 */
export function retryDelay(attempt: number, isLoopback: boolean, random: number): number {
  const most = isLoopback ? 2_000 : 60_000;
  const span = Math.min(most, 1_000 * 2 ** Math.min(attempt - 1, 10));
  return Math.round(span / 2 + (random * span) / 2);
}
