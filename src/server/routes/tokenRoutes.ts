import type { FastifyInstance, FastifyRequest } from 'fastify';
import { tokenRequest } from '../../api/accounts.ts';
import { DtmError } from '../../core/errors.ts';
import { sessionOf } from '../access.ts';
import { isWithin, makePersonalToken } from '../auth/personalTokens.ts';
import type { ServerContext } from '../context.ts';
import { readBody } from '../readBody.ts';

const signedIn = { config: { access: 'viewer' } } as const;
const making = { config: { access: 'viewer', isShownOnce: true } } as const;

/** `/auth/tokens`: the personal access tokens of whoever asks. */
export function tokenRoutes(app: FastifyInstance, context: ServerContext): void {
  for (const path of ['/auth/tokens', '/api/v1/auth/tokens']) {
    app.get(path, signedIn, async (request) => {
      const tokens = await context.store.read((tx) => tx.personalTokens.ofUser(sessionOf(request).user.id));
      return { items: tokens.map(({ user_id: _owner, ...token }) => token) };
    });
    app.post(path, making, async (request, reply) => {
      const { user } = requirePassword(request);
      const wish = readBody(tokenRequest, request);
      if (!isWithin(wish.scope, user.role)) throw tooMuch(wish.scope, user.role);
      reply.code(201);
      return makePersonalToken(context, user, wish);
    });
    app.delete<{ Params: { id: string } }>(`${path}/:id`, signedIn, async (request, reply) => {
      const { user } = requirePassword(request);
      const isGone = await context.store.write((tx) => tx.personalTokens.remove(request.params.id, user.id));
      if (!isGone) throw new DtmError('not-found', 'you have no such token', { hint: 'List your tokens.' });
      reply.code(204);
    });
  }
}

/** A token that leaked must not be able to make others that outlive it. */
function requirePassword(request: FastifyRequest) {
  const session = sessionOf(request);
  if (session.kind === 'session') return session;
  throw new DtmError('forbidden', 'a personal access token cannot make or revoke tokens', {
    hint: 'Sign in with a user name and a password for that.',
  });
}

function tooMuch(scope: string, role: string): DtmError {
  return new DtmError('forbidden', `a ${role} cannot make a token with the scope ${scope}`, {
    hint: 'Choose a lesser scope.',
    fields: [{ path: 'scope', code: 'forbidden', message: 'allows more than you may' }],
  });
}
