import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bootstrapRequest, loginRequest, logoutRequest, refreshRequest } from '../../api/auth.ts';
import { DtmError } from '../../core/errors.ts';
import { sessionOf } from '../access.ts';
import { BootstrapChallenges } from '../auth/bootstrap.ts';
import { clientAddress } from '../auth/clientAddress.ts';
import { throttled } from '../auth/loginThrottle.ts';
import { beginSession, endSession, endSessionOf, refreshSession } from '../auth/sessions.ts';
import type { ServerContext } from '../context.ts';
import { readBody } from '../readBody.ts';
import { isLoopback } from '../settings.ts';

const open = { config: { access: 'public' } } as const;
/** Whoever has not signed in yet gets little of our time: reading a large body stops everything else. */
const small = { ...open, bodyLimit: 16 * 1024 } as const;
const signedIn = { config: { access: 'viewer' } } as const;

/** Signing in and out; older clients know the same routes below `/api/v1`. */
export function authRoutes(app: FastifyInstance, context: ServerContext): void {
  const challenges = new BootstrapChallenges(context.bootstrapSecret, () => context.origin());
  app.get('/.well-known/jwks.json', open, async () => ({ keys: await context.tokens.publicKeys() }));
  for (const prefix of ['/auth', '/api/v1/auth']) {
    app.post(`${prefix}/login`, small, async (request) => {
      return login(context, readBody(loginRequest, request), clientAddress(request));
    });
    app.post(`${prefix}/refresh`, small, async (request) => {
      return refreshSession(context, readBody(refreshRequest, request).refresh_token);
    });
    app.post(`${prefix}/logout`, small, async (request, reply) => {
      await logout(context, request);
      return reply.code(204).send();
    });
    app.get(`${prefix}/me`, signedIn, async (request) => sessionOf(request).user);
    app.post(`${prefix}/bootstrap`, small, async (request) => bootstrap(context, challenges, request));
  }
}

async function login(context: ServerContext, given: { username: string; password: string }, address: string) {
  const user = await context.store.read((tx) => tx.accounts.findUser(given.username));
  const check = () => context.passwords.verify(given.password, user?.passwordHash);
  const isRight = await throttled(context, given.username, address, check);
  if (user && isRight && !user.isDisabled) return beginSession(context, user);
  throw new DtmError('unauthenticated', 'the user name or the password is wrong', {
    hint: 'Check both and try again.',
  });
}

/** By the refresh token, which ends its family; otherwise by the access token, which ends its own session. */
async function logout(context: ServerContext, request: FastifyRequest): Promise<void> {
  const { refresh_token: refreshToken, everywhere = false } = readBody(logoutRequest, request, {});
  if (refreshToken !== undefined) return endSessionOf(context, refreshToken, everywhere);
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) {
    throw new DtmError('unauthenticated', 'the request says nothing about whom to sign out', {
      hint: 'Send the refresh token, or the access token as a header.',
    });
  }
  const sessionId = await context.tokens.verify(token);
  await context.store.write((tx) => endSession(context, tx, sessionId, everywhere));
}

async function bootstrap(context: ServerContext, challenges: BootstrapChallenges, request: FastifyRequest) {
  const { client_nonce, server_nonce, client_proof } = readBody(bootstrapRequest, request);
  if (context.settings.trustProxy || !isLoopback(request.socket.remoteAddress ?? '')) {
    throw new DtmError('forbidden', 'signing in without a password works only on the machine of the server', {
      hint: 'Sign in with a user name and a password.',
    });
  }
  if (server_nonce === undefined || client_proof === undefined) return challenges.begin(client_nonce);
  challenges.finish(client_nonce, server_nonce, client_proof);
  const admin = await context.store.read((tx) => tx.accounts.firstAdmin());
  if (!admin) throw new DtmError('unavailable', 'the server has no administrator', { hint: 'Restart the server.' });
  return beginSession(context, admin);
}
