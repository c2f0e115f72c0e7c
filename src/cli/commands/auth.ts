import type { Command } from 'commander';
import type { Account, DtmApp } from '../../app/dtmApp.ts';
import { DtmError } from '../../core/errors.ts';
import type { Invocation } from '../invocation.ts';
import { perform, type Runtime } from '../perform.ts';
import { readLine } from '../readLine.ts';
import { serverToAsk } from '../serverChoice.ts';
import { needingSignIn } from '../signIn.ts';

interface LoginOptions {
  readonly username?: string;
  readonly passwordStdin?: boolean;
}

interface LogoutOptions {
  readonly everywhere?: boolean;
}

export function buildAuth(noun: Command, runtime: Runtime): void {
  const login = noun
    .command('login')
    .description('sign in to a server (--server URL) with a name and a password')
    .option('-u, --username <name>', 'the account')
    .option('--password-stdin', 'read the password from standard input');
  perform<LoginOptions>(login, runtime, signIn);
  perform(noun.command('status').description('who is signed in to the server'), runtime, showAccount);
  const logout = noun
    .command('logout')
    .description('sign out and forget the token')
    .option('--everywhere', 'end all your sessions on that server, on every machine');
  perform<LogoutOptions>(logout, runtime, signOut);
}

async function signIn(call: Invocation, options: LoginOptions): Promise<void> {
  const app = await call.openOnly();
  const origin = serverToAsk(call, app);
  const username = options.username ?? (await askName(call));
  const password = options.passwordStdin ? await readLine(process.stdin) : await askPassword(call, username, origin);
  if (password === '') throw new DtmError('usage', 'the password is empty', { hint: 'Give it on standard input.' });
  await present(call, app, await app.accounts.login(origin, username, password));
}

async function askName(call: Invocation): Promise<string> {
  if (call.prompts.canAsk) return call.prompts.text('User name');
  throw new DtmError('usage', 'the user name is missing', { hint: 'Add --username NAME.' });
}

async function askPassword(call: Invocation, username: string, origin: string): Promise<string> {
  if (call.prompts.canAsk) return call.prompts.password(`Password of ${username} at ${origin}`);
  throw new DtmError('usage', 'the password is missing', {
    hint: 'Add --password-stdin and give the password on standard input.',
  });
}

async function showAccount(call: Invocation): Promise<void> {
  const app = await call.openOnly();
  const origin = serverToAsk(call, app);
  await present(call, app, await needingSignIn(origin, () => app.accounts.whoAmI(origin)));
}

async function present(call: Invocation, app: DtmApp, account: Account): Promise<void> {
  const { origin, username, role, isNameOnly = false } = account;
  const fields = { server: origin, username, role, signed_in: !isNameOnly };
  const text = isNameOnly
    ? `nobody signs in to ${origin}; you act there as ${username}`
    : `signed in to ${origin} as ${username} (${role})`;
  await call.output.item({ kind: 'account', id: username, fields, text }, call.provenance(app));
}

async function signOut(call: Invocation, { everywhere = false }: LogoutOptions): Promise<void> {
  const app = await call.openOnly();
  const origin = serverToAsk(call, app);
  const username = await app.accounts.knownAccount(origin);
  if (everywhere) await needingSignIn(origin, () => app.accounts.logoutEverywhere(origin));
  else await app.accounts.logout(origin);
  const where = everywhere ? ', on every machine' : '';
  const text =
    username === undefined ? `nobody was signed in to ${origin}` : `signed out ${username} from ${origin}${where}`;
  await call.output.item(
    {
      kind: 'account',
      id: username ?? '',
      fields: { server: origin, username: username ?? null, signed_in: false },
      text,
    },
    call.provenance(app),
  );
}
