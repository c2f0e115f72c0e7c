import type { AccountBody } from '../../api/accounts.ts';
import { DtmError } from '../../core/errors.ts';
import type { UserWithPassword } from '../store/accountTable.ts';
import type { Transaction } from '../store/store.ts';
import type { Account, AccountChange } from '../store/userTable.ts';

/** Adds a user. @throws DtmError `already-exists` */
export async function addAccount(tx: Transaction, user: UserWithPassword, now: string): Promise<Account> {
  if (await tx.accounts.findUser(user.username)) throw nameTaken(user.username);
  await tx.accounts.addUser(user, now);
  return found(await tx.users.find(user.id));
}

/**
 * Changes a user. Whoever is switched off or gets another password is signed out everywhere.
 * @throws DtmError `not-found`, `conflict` (nobody could administer the server any more)
 */
export async function changeAccount(tx: Transaction, id: string, wanted: AccountChange, now: string): Promise<Account> {
  const before = found(await tx.users.find(id));
  await tx.users.change(id, wanted);
  if (wanted.passwordHash !== undefined || wanted.disabledAt) await tx.users.revokeSessions(id, now);
  const after = found(await tx.users.find(id));
  if (isActiveAdmin(before) && !isActiveAdmin(after) && (await tx.users.countAdmins()) === 0) throw lastAdmin();
  return after;
}

/** A user as administrators see one. */
export function accountBodyOf({ id, username, role, disabled_at: disabledAt, created_at }: Account): AccountBody {
  return { id, username, role, disabled: disabledAt !== null, created_at };
}

function isActiveAdmin({ role, disabled_at: disabledAt }: Account): boolean {
  return role === 'admin' && disabledAt === null;
}

function found(account: Account | null): Account {
  if (account) return account;
  throw new DtmError('not-found', 'there is no such user', { hint: 'List the users to find the id.' });
}

function nameTaken(username: string): DtmError {
  return new DtmError('already-exists', `there is already a user ${username}`, {
    hint: 'Choose another name, or change that user.',
    fields: [{ path: 'username', code: 'already-exists', message: 'is taken' }],
  });
}

function lastAdmin(): DtmError {
  return new DtmError('conflict', 'this is the last administrator who can sign in', {
    hint: 'Make another user an administrator first.',
  });
}
