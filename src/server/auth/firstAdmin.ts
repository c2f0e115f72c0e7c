import type { ServerContext } from '../context.ts';
import { makeUpPassword } from './passwords.ts';

/**
 * Makes the administrator of the first start.
 * @returns the password if one had to be made up: it must be shown once, since only its hash is stored
 */
export async function ensureFirstAdmin(
  context: Pick<ServerContext, 'store' | 'passwords' | 'ids' | 'settings' | 'now'>,
): Promise<string | undefined> {
  const existing = await context.store.read((tx) => tx.accounts.firstAdmin());
  if (existing) return undefined;
  const { adminUsername, adminPassword } = context.settings;
  const password = adminPassword ?? makeUpPassword();
  const passwordHash = await context.passwords.hash(password);
  const user = { id: context.ids.ulid(), username: adminUsername, role: 'admin', passwordHash } as const;
  const isMade = await context.store.write(async (tx) => {
    // Another process on the same database may have been faster.
    if (await tx.accounts.firstAdmin()) return false;
    await tx.accounts.addUser(user, context.now());
    return true;
  });
  return isMade && adminPassword === undefined ? password : undefined;
}
