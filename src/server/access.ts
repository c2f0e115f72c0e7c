import type { FastifyInstance, FastifyRequest } from 'fastify';
import { personalTokenPrefix } from '../api/accounts.ts';
import { type Role, roles } from '../api/auth.ts';
import { DtmError } from '../core/errors.ts';
import { limitedUser } from './auth/personalTokens.ts';
import { hashToken, invalidToken } from './auth/tokens.ts';
import type { ServerContext } from './context.ts';
import type { User } from './store/accountTable.ts';

/** What a route asks of the caller: nothing, or at least a role. */
export type Access = 'public' | Role;

export interface Session {
  /** Somebody signed in, or a program came with a personal access token. */
  readonly kind: 'session' | 'personal-token';
  readonly id: string;
  /** With the role that counts here: a token may allow less than its owner has. */
  readonly user: User;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** The answer holds a secret that is shown once and never stored. */
    isShownOnce?: boolean;
  }
  interface FastifyRequest {
    session: Session | null;
  }
}

type Needs = Pick<ServerContext, 'tokens' | 'store' | 'now'>;

/** Every route says who may use it; one that does not is a mistake that is found when the server starts. */
export function enforceAccess(app: FastifyInstance, context: Needs): void {
  app.decorateRequest('session', null);
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) throw new Error(`the route ${route.url} does not say who may use it`);
  });
  app.addHook('onRequest', async (request: FastifyRequest) => {
    const access = request.routeOptions.config?.access;
    if (request.is404 || access === undefined || access === 'public') return;
    request.session = await authenticate(context, request);
    requireRole(request.session.user, access);
  });
}

async function authenticate(context: Needs, request: FastifyRequest): Promise<Session> {
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) {
    throw new DtmError('unauthenticated', 'the request carries no access token', { hint: 'Sign in first.' });
  }
  const session = token.startsWith(personalTokenPrefix)
    ? await personalSession(context, token)
    : await signedInSession(context, token);
  if (!session) throw invalidToken();
  return session;
}

async function personalSession({ store, now }: Needs, token: string): Promise<Session | null> {
  const holder = await store.read((tx) => tx.personalTokens.findByHash(hashToken(token), now()));
  return holder && { kind: 'personal-token', id: holder.token.id, user: limitedUser(holder) };
}

async function signedInSession({ store, tokens }: Needs, token: string): Promise<Session | null> {
  const id = await tokens.verify(token);
  const user = await store.read((tx) => tx.accounts.userOfSession(id));
  return user && { kind: 'session', id, user };
}

/** Whether what a request was let in with still holds: not revoked, not expired, its user not switched off. */
export async function isStillValid({ store, now }: Omit<Needs, 'tokens'>, { kind, id }: Session): Promise<boolean> {
  return store.read(async (tx) => {
    const found = kind === 'session' ? await tx.accounts.userOfSession(id) : await tx.personalTokens.find(id, now());
    return found !== null;
  });
}

function requireRole(user: User, needed: Role): void {
  if (roles.indexOf(user.role) >= roles.indexOf(needed)) return;
  throw new DtmError('forbidden', `this needs the role ${needed}, and ${user.username} is a ${user.role}`, {
    hint: 'Ask an administrator of the server for that role.',
  });
}

/** The session of a request to a route that asks for one. */
export function sessionOf(request: FastifyRequest): Session {
  if (!request.session) throw invalidToken();
  return request.session;
}
