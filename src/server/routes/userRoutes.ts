import type { FastifyInstance } from 'fastify';
import { type AccountBody, changeUserRequest, newUserRequest } from '../../api/accounts.ts';
import { DtmError } from '../../core/errors.ts';
import type { ServerContext } from '../context.ts';
import { readBody } from '../readBody.ts';
import type { Transaction } from '../store/store.ts';
import type { Account, AccountChange } from '../store/userTable.ts';

const administration = { config: { access: 'admin' } } as const;

/** `/api/v1/users`: who may sign in, for administrators. */
export function userRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get('/api/v1/users', administration, async () => {
    const accounts = await context.store.read((tx) => tx.users.all());
    return { items: accounts.map(toBody) };
  });
  app.post('/api/v1/users', administration, async (request, reply) => {
    const { username, password, role } = readBody(newUserRequest, request);
    const user = { id: context.ids.ulid(), username, role, passwordHash: await context.passwords.hash(password) };
    const made = await context.store.write(async (tx) => {
      if (await tx.accounts.findUser(username)) throw nameTaken(username);
      await tx.accounts.addUser(user, context.now());
      return found(await tx.users.find(user.id));
    });
    reply.code(201).header('location', `/api/v1/users/${made.id}`);
    return toBody(made);
  });
  app.patch<{ Params: { id: string } }>('/api/v1/users/:id', administration, async (request) => {
    const { role, password, disabled } = readBody(changeUserRequest, request);
    const passwordHash = password === undefined ? undefined : await context.passwords.hash(password);
    const disabledAt = disabled === undefined ? undefined : disabled ? context.now() : null;
    const { id } = request.params;
    const changed = await context.store.write((tx) =>
      change(tx, id, { role, passwordHash, disabledAt }, context.now()),
    );
    return toBody(changed);
  });
}

/** Whoever is switched off or gets another password is signed out everywhere. */
async function change(tx: Transaction, id: string, wanted: AccountChange, now: string): Promise<Account> {
  const before = found(await tx.users.find(id));
  await tx.users.change(id, wanted);
  if (wanted.passwordHash !== undefined || wanted.disabledAt) await tx.users.revokeSessions(id, now);
  const after = found(await tx.users.find(id));
  if (isActiveAdmin(before) && !isActiveAdmin(after) && (await tx.users.countAdmins()) === 0) throw lastAdmin();
  return after;
}

function isActiveAdmin({ role, disabled_at: disabledAt }: Account): boolean {
  return role === 'admin' && disabledAt === null;
}

function found(account: Account | null): Account {
  if (account) return account;
  throw new DtmError('not-found', 'there is no such user', { hint: 'List the users to find the id.' });
}

function toBody({ id, username, role, disabled_at: disabledAt, created_at }: Account): AccountBody {
  return { id, username, role, disabled: disabledAt !== null, created_at };
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
