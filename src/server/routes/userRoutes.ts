import type { FastifyInstance } from 'fastify';
import { changeUserRequest, newUserRequest } from '../../api/accounts.ts';
import { accountBodyOf, addAccount, changeAccount } from '../auth/accounts.ts';
import type { ServerContext } from '../context.ts';
import { readBody } from '../readBody.ts';

const administration = { config: { access: 'admin' } } as const;

/** `/api/v1/users`: who may sign in, for administrators. */
export function userRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get('/api/v1/users', administration, async () => {
    const accounts = await context.store.read((tx) => tx.users.all());
    return { items: accounts.map(accountBodyOf) };
  });
  app.post('/api/v1/users', administration, async (request, reply) => {
    const { username, password, role } = readBody(newUserRequest, request);
    const user = { id: context.ids.ulid(), username, role, passwordHash: await context.passwords.hash(password) };
    const made = await context.store.write((tx) => addAccount(tx, user, context.now()));
    reply.code(201).header('location', `/api/v1/users/${made.id}`);
    return accountBodyOf(made);
  });
  app.patch<{ Params: { id: string } }>('/api/v1/users/:id', administration, async (request) => {
    const { role, password, disabled } = readBody(changeUserRequest, request);
    const passwordHash = password === undefined ? undefined : await context.passwords.hash(password);
    const disabledAt = disabled === undefined ? undefined : disabled ? context.now() : null;
    const { id } = request.params;
    const change = { role, passwordHash, disabledAt };
    return accountBodyOf(await context.store.write((tx) => changeAccount(tx, id, change, context.now())));
  });
}
