import type { FastifyRequest } from 'fastify';
import { decodeJwt, errors } from 'jose';
import { isStillValid, type Session, sessionOf } from '../access.ts';
import type { ServerContext } from '../context.ts';

const checkMs = 5_000;

/**
 * How long a subscriber may listen: until it hangs up, the server stops, its access token expires, or its session is
 * revoked (noticed within five seconds).
 */
export function subscription(
  context: Pick<ServerContext, 'store' | 'settings' | 'now'>,
  request: FastifyRequest,
  stopping: AbortSignal,
): AbortSignal {
  const ended = new AbortController();
  const session = sessionOf(request);
  const token = request.headers.authorization?.replace(/^Bearer +/i, '') ?? '';
  const expiry = expiryOf(token);
  const longestMs = context.settings.accessTokenTtlS * 1_000;
  const isJwt = expiry !== undefined;
  const check = setInterval(() => {
    void endIfRevoked(context, session, ended);
  }, checkMs);
  const expire = setTimeout(() => ended.abort(), isJwt ? Math.max(0, expiry - Date.now()) : longestMs);
  ended.signal.addEventListener('abort', () => {
    clearInterval(check);
    clearTimeout(expire);
  });
  const end = () => ended.abort();
  request.raw.socket.once('close', end);
  if (stopping.aborted) end();
  stopping.addEventListener('abort', end, { signal: ended.signal });
  return ended.signal;
}

/** When a token that was verified already expires, in milliseconds since 1970; undefined if it does not say so. */
function expiryOf(token: string): number | undefined {
  try {
    const { exp } = decodeJwt(token);
    return exp === undefined ? undefined : exp * 1_000;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

async function endIfRevoked(
  context: Pick<ServerContext, 'store' | 'now'>,
  session: Session,
  ended: AbortController,
): Promise<void> {
  // A database that does not answer ends no stream: reading the feed will tell.
  if (!(await isStillValid(context, session).catch(() => true))) ended.abort();
}
