import { personalTokenPrefix, type Scope } from '../../api/accounts.ts';
import { type Role, roles } from '../../api/auth.ts';
import type { ServerContext } from '../context.ts';
import type { User } from '../store/accountTable.ts';
import type { TokenHolder } from '../store/personalTokenTable.ts';
import { hashToken } from './tokens.ts';

const roleOfScope = { read: 'viewer', write: 'member', admin: 'admin' } as const satisfies Record<Scope, Role>;

const dayMs = 24 * 60 * 60 * 1_000;

export interface TokenWish {
  readonly name: string;
  readonly scope: Scope;
  readonly expires_in_days: number;
}

/** Makes a token of 256 random bits; only its hash is stored. */
export async function makePersonalToken(
  context: Pick<ServerContext, 'store' | 'ids' | 'now'>,
  user: User,
  wish: TokenWish,
) {
  const token = personalTokenPrefix + Buffer.from(context.ids.randomBytes(32)).toString('base64url');
  const now = context.now();
  const expiresAt = new Date(Date.parse(now) + wish.expires_in_days * dayMs).toISOString();
  const made = { id: context.ids.ulid(), name: wish.name, scope: wish.scope, created_at: now, expires_at: expiresAt };
  await context.store.write((tx) => tx.personalTokens.add({ ...made, user_id: user.id }, hashToken(token)));
  return { ...made, token };
}

/** The owner of a token with what the token allows: the lesser of its scope and the owner's role. */
export function limitedUser({ token, user }: TokenHolder): User {
  return isWithin(token.scope, user.role) ? { ...user, role: roleOfScope[token.scope] } : user;
}

/** Whether a role may do all that a scope allows. */
export function isWithin(scope: Scope, role: Role): boolean {
  return roles.indexOf(roleOfScope[scope]) <= roles.indexOf(role);
}
