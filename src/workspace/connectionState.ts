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

export interface ConnectionFacts {
  readonly reason?: string;
  readonly latencyMs?: number;
  readonly slow?: boolean;
  readonly synced?: boolean;
  readonly otherAccount?: string | undefined;
}

/** A person who waits this long for an answer should know why. */
const slowAnswerMs = 2_000;

/** Which state a sync means that reached its end. */
export function connectionOnceSynced(
  isBound: boolean,
  latencyMs: number,
  answerMs: number,
): [ConnectionKind, ConnectionFacts] {
  if (!isBound) return ['local', { latencyMs, synced: true }];
  if (answerMs <= slowAnswerMs) return ['online', { latencyMs, synced: true }];
  const reason = `the server takes ${(answerMs / 1_000).toFixed(1)} s to answer`;
  return ['degraded', { latencyMs, synced: true, slow: true, reason }];
}

/** The next state; `since` moves only when a person would call it another one. */
export function nextConnection(
  previous: Connection,
  kind: ConnectionKind,
  clock: Clock,
  facts: ConnectionFacts = {},
): Connection {
  const now = clock.now();
  const lastSync = facts.synced ? now : previous.lastSync;
  return {
    kind,
    since: isSameForPeople(kind, previous.kind) ? previous.since : now,
    ...(facts.reason === undefined ? {} : { reason: facts.reason }),
    ...(facts.latencyMs === undefined ? {} : { latencyMs: facts.latencyMs }),
    ...(facts.slow ? { slow: true } : {}),
    ...(facts.otherAccount === undefined ? {} : { otherAccount: facts.otherAccount }),
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
