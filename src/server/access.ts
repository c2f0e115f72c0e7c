import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Role, roles } from '../api/auth.ts';
import { DtmError } from '../core/errors.ts';
import { invalidToken } from './auth/tokens.ts';
import type { ServerContext } from './context.ts';
import type { User } from './store/accountTable.ts';

/** What a route asks of the caller: nothing, or at least a role. */
export type Access = 'public' | Role;

export interface Session {
  readonly id: string;
  readonly user: User;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    session: Session | null;
  }
}

/** Every route says who may use it; one that does not is a mistake that is found when the server starts. */
export function enforceAccess(app: FastifyInstance, context: Pick<ServerContext, 'tokens' | 'store'>): void {
  app.decorateRequest('session', null);
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) throw new Error(`the route ${route.url} does not say who may use it`);
  });
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const access = request.routeOptions.config?.access;
    if (request.is404 || access === undefined || access === 'public') return;
    request.session = await authenticate(context, request, reply);
    requireRole(request.session.user, access);
  });
}

async function authenticate(
  context: Pick<ServerContext, 'tokens' | 'store'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Session> {
  reply.header('www-authenticate', 'Bearer realm="DTM"');
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) {
    throw new DtmError('unauthenticated', 'the request carries no access token', { hint: 'Sign in first.' });
  }
  const id = await context.tokens.verify(token);
  const user = await context.store.read((tx) => tx.accounts.userOfSession(id));
  if (!user) throw invalidToken();
  reply.removeHeader('www-authenticate');
  return { id, user };
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
