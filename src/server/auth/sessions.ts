import { randomBytes } from 'node:crypto';
import type { TokensAnswer } from '../../api/auth.ts';
import { DtmError } from '../../core/errors.ts';
import type { ServerContext } from '../context.ts';
import type { RefreshToken, User } from '../store/accountTable.ts';
import type { Transaction } from '../store/store.ts';
import { hashToken } from './tokens.ts';

type Needs = Pick<ServerContext, 'store' | 'tokens' | 'ids' | 'settings' | 'now'>;

/** Begins a session: a family of refresh tokens, each the successor of the one before. */
export async function beginSession(context: Needs, user: User): Promise<TokensAnswer> {
  const sessionId = context.ids.ulid();
  const refreshToken = randomBytes(32).toString('base64url');
  await context.store.write(async (tx) => {
    await tx.accounts.addSession(sessionId, user.id, context.now());
    await tx.accounts.addRefreshToken(hashToken(refreshToken), sessionId, expiry(context));
  });
  return answer(context, user, sessionId, refreshToken);
}

/**
 * Exchanges a refresh token for its successor. The same token may be shown again until the successor was used (a lost
 * answer, another window); after that somebody has a copy, and the whole family ends.
 * @throws DtmError `unauthenticated`, `refresh-token-reused`
 */
export async function refreshSession(context: Needs, refreshToken: string): Promise<TokensAnswer> {
  const successor = context.tokens.successorOf(refreshToken);
  const result = await context.store.write((tx) => exchange(context, tx, refreshToken, successor));
  if (result === 'reused') throw reused();
  if (result === 'invalid') throw invalidRefresh();
  return answer(context, result.user, result.sessionId, successor);
}

type Exchange = { readonly user: User; readonly sessionId: string } | 'reused' | 'invalid';

async function exchange(context: Needs, tx: Transaction, refreshToken: string, successor: string): Promise<Exchange> {
  const hash = hashToken(refreshToken);
  const known = await tx.accounts.findRefreshToken(hash);
  const user = known && (await tx.accounts.userOfSession(known.sessionId));
  if (!known || !user || known.expiresAt <= context.now()) return 'invalid';
  if (known.usedAt === null) {
    await tx.accounts.addRefreshToken(hashToken(successor), known.sessionId, expiry(context));
    await tx.accounts.markUsed(hash, hashToken(successor), context.now());
  } else if (await wasSuccessorUsed(tx, known)) {
    await tx.accounts.revokeSession(known.sessionId, context.now());
    return 'reused';
  }
  return { user, sessionId: known.sessionId };
}

async function wasSuccessorUsed(tx: Transaction, token: RefreshToken): Promise<boolean> {
  const successor = token.successorHash && (await tx.accounts.findRefreshToken(token.successorHash));
  return !successor || successor.usedAt !== null;
}

/**
 * Ends the session of a refresh token, if there is one.
 * @throws DtmError `unauthenticated` if all sessions of its account are to be ended, and it belongs to none
 */
export async function endSessionOf(context: Needs, refreshToken: string, isEverywhere: boolean): Promise<void> {
  await context.store.write(async (tx) => {
    const known = await tx.accounts.findRefreshToken(hashToken(refreshToken));
    if (known) await endSession(context, tx, known.sessionId, isEverywhere);
    else if (isEverywhere) throw invalidRefresh();
  });
}

/** @throws DtmError `unauthenticated` if a session that has ended is to end the others of its account */
export async function endSession(
  { now }: Pick<Needs, 'now'>,
  tx: Transaction,
  sessionId: string,
  isEverywhere: boolean,
): Promise<void> {
  if (!isEverywhere) return tx.accounts.revokeSession(sessionId, now());
  const user = await tx.accounts.userOfSession(sessionId);
  if (!user) throw invalidRefresh();
  await tx.users.revokeSessions(user.id, now());
}

async function answer(context: Needs, user: User, sessionId: string, refreshToken: string): Promise<TokensAnswer> {
  return {
    access_token: await context.tokens.sign(user, sessionId),
    token_type: 'bearer',
    expires_in: context.tokens.lifetimeS,
    refresh_token: refreshToken,
    refresh_expires_in: context.settings.refreshTokenTtlS,
    user: { id: user.id, username: user.username, role: user.role },
  };
}

function expiry(context: Needs): string {
  return new Date(Date.parse(context.now()) + context.settings.refreshTokenTtlS * 1_000).toISOString();
}

function reused(): DtmError {
  return new DtmError('refresh-token-reused', 'this refresh token was used before, so its session was ended', {
    hint: 'Sign in again.',
  });
}

function invalidRefresh(): DtmError {
  return new DtmError('unauthenticated', 'the refresh token is not valid, has expired, or its session has ended', {
    hint: 'Sign in again.',
  });
}
