import { ulid } from 'ulid';
import { type AccountBody, changeUserRequest, newUserRequest } from '../../api/accounts.ts';
import { DtmError } from '../../core/errors.ts';
import { parseWith } from '../../core/wire.ts';
import { accountBodyOf, addAccount, changeAccount } from '../auth/accounts.ts';
import { makeUpPassword, Passwords } from '../auth/passwords.ts';
import type { DatabasePlace } from '../store/existingDatabase.ts';
import type { AccountChange } from '../store/userTable.ts';
import { withAdminStore } from './withAdminStore.ts';

/** A user, and the password that was made up because none was given: to be shown once. */
export interface AccountWithPassword {
  readonly account: AccountBody;
  readonly madeUpPassword: string | undefined;
}

/** By name. */
export function listUsers(place: DatabasePlace): Promise<readonly AccountBody[]> {
  return withAdminStore(place, async (store) => (await store.read((tx) => tx.users.all())).map(accountBodyOf));
}

/** @throws DtmError `validation`, `already-exists` */
export async function addUser(
  place: DatabasePlace,
  given: { readonly username: string; readonly role: string | undefined; readonly password: string | undefined },
): Promise<AccountWithPassword> {
  const madeUpPassword = given.password === undefined ? makeUpPassword() : undefined;
  const asked = { ...given, password: given.password ?? madeUpPassword };
  const { username, role, password } = parseWith(newUserRequest, asked, 'the user is not valid');
  return withAdminStore(place, async (store) => {
    const user = { id: ulid(), username, role, passwordHash: await new Passwords().hash(password) };
    const account = await store.write((tx) => addAccount(tx, user, now()));
    return { account: accountBodyOf(account), madeUpPassword };
  });
}

/** Gives a user another password, and ends the user's sessions. @throws DtmError `validation`, `not-found` */
export async function setPassword(
  place: DatabasePlace,
  username: string,
  given: string | undefined,
): Promise<AccountWithPassword> {
  const madeUpPassword = given === undefined ? makeUpPassword() : undefined;
  const asked = { password: given ?? madeUpPassword };
  const { password = '' } = parseWith(changeUserRequest, asked, 'the password is not valid');
  const passwordHash = await new Passwords().hash(password);
  return { account: await changeUser(place, username, { passwordHash }), madeUpPassword };
}

/** Switches an account off, which ends the user's sessions, or on. @throws DtmError `not-found`, `conflict` */
export function setDisabled(place: DatabasePlace, username: string, isDisabled: boolean): Promise<AccountBody> {
  return changeUser(place, username, { disabledAt: isDisabled ? now() : null });
}

function changeUser(place: DatabasePlace, username: string, change: AccountChange): Promise<AccountBody> {
  return withAdminStore(place, async (store) => {
    const account = await store.write(async (tx) => {
      const user = await tx.accounts.findUser(username);
      if (!user) throw unknownUser(username);
      return changeAccount(tx, user.id, change, now());
    });
    return accountBodyOf(account);
  });
}

function now(): string {
  return new Date().toISOString();
}

function unknownUser(username: string): DtmError {
  return new DtmError('not-found', `there is no user ${username}`, { hint: 'See them with: cf_cli server user list' });
}
