import type { Command } from 'commander';
import { DtmError } from '../../../core/errors.ts';
import type { AccountWithPassword } from '../../../server/admin/users.ts';
import type { Invocation } from '../../invocation.ts';
import type { Column } from '../../output/table.ts';
import { perform, type Runtime } from '../../perform.ts';
import { readLine } from '../../readLine.ts';
import { addPlaceOptions, fromDatabase, type PlaceOptions, placeOf } from './place.ts';

interface PasswordOptions extends PlaceOptions {
  readonly passwordStdin?: boolean;
}

interface AddOptions extends PasswordOptions {
  readonly role?: string;
}

type Account = AccountWithPassword['account'];

/** `server user`: also while the server runs; what is changed here counts from the next request on. */
export function buildUser(noun: Command, runtime: Runtime): void {
  const add = noun.command('add').description('add a user').argument('<name>');
  add.option('--role <role>', 'viewer (reads), member (reads and writes; the default) or admin');
  perform<AddOptions>(addPasswordOption(addPlaceOptions(add)), runtime, addUser);
  const list = noun.command('list').alias('ls').description('list the users');
  perform<PlaceOptions>(addPlaceOptions(list), runtime, listUsers);
  const passwd = noun.command('passwd').description('give a user another password, and end the sessions of the user');
  perform<PasswordOptions>(addPasswordOption(addPlaceOptions(passwd.argument('<name>'))), runtime, setPassword);
  const disable = noun.command('disable').description('switch an account off, and end the sessions of the user');
  perform<PlaceOptions>(addPlaceOptions(disable.argument('<name>')), runtime, (...given) =>
    setDisabled(true, ...given),
  );
  const enable = noun.command('enable').description('switch an account on again').argument('<name>');
  perform<PlaceOptions>(addPlaceOptions(enable), runtime, (...given) => setDisabled(false, ...given));
}

function addPasswordOption(command: Command): Command {
  return command.option('--password-stdin', 'read the password from standard input; without it one is made up');
}

async function addUser(call: Invocation, options: AddOptions, [username = '']: readonly string[]): Promise<void> {
  const users = await import('../../../server/admin/users.ts');
  const place = await placeOf(call, options);
  const password = await givenPassword(call, options);
  const made = await users.addUser(place, { username, role: options.role, password });
  await present(call, `added the ${made.account.role} ${username}`, made);
}

async function setPassword(call: Invocation, options: PasswordOptions, [name = '']: readonly string[]): Promise<void> {
  const users = await import('../../../server/admin/users.ts');
  const place = await placeOf(call, options);
  const changed = await users.setPassword(place, name, await givenPassword(call, options));
  await present(call, `${name} has another password and is signed out everywhere`, changed);
}

/** @throws DtmError `usage` where the password that is made up would be shown to nobody */
async function givenPassword(call: Invocation, options: PasswordOptions): Promise<string | undefined> {
  if (options.passwordStdin) return readLine(process.stdin);
  if (call.output.format !== 'quiet') return undefined;
  throw new DtmError('usage', 'with --quiet the password that is made up would be lost', {
    hint: 'Add --password-stdin and give one, or leave --quiet out.',
  });
}

async function present(call: Invocation, what: string, { account, madeUpPassword }: AccountWithPassword) {
  const shown = madeUpPassword === undefined ? {} : { password: madeUpPassword };
  const text = madeUpPassword === undefined ? what : `${what}; password (shown only this once): ${madeUpPassword}`;
  await call.output.item({ kind: 'user', id: account.id, fields: { ...account, ...shown }, text }, fromDatabase);
}

const columns: readonly Column<Account>[] = [
  { title: 'NAME', value: ({ username }) => username, whenNarrow: 'shrink' },
  { title: 'ROLE', value: ({ role }) => role },
  { title: 'STATE', value: ({ disabled }) => (disabled ? 'disabled' : 'active') },
  { title: 'SINCE', value: ({ created_at: since }) => since.slice(0, 10), whenNarrow: 'omit' },
  { title: 'ID', value: ({ id }) => id, whenNarrow: 'omit' },
];

async function listUsers(call: Invocation, options: PlaceOptions): Promise<void> {
  const users = await import('../../../server/admin/users.ts');
  const rows = await users.listUsers(await placeOf(call, options));
  await call.output.list<Account>(
    {
      kind: 'user',
      rows,
      total: rows.length,
      columns,
      fieldsOf: (account) => ({ ...account }),
      fieldNames: ['id', 'username', 'role', 'disabled', 'created_at'],
      idOf: ({ id }) => id,
      whenEmpty: 'there are no users; cf_cli serve makes the first one',
      moreHint: '',
    },
    fromDatabase,
  );
}

async function setDisabled(
  isDisabled: boolean,
  call: Invocation,
  options: PlaceOptions,
  [name = '']: readonly string[],
): Promise<void> {
  const users = await import('../../../server/admin/users.ts');
  const account = await users.setDisabled(await placeOf(call, options), name, isDisabled);
  const what = isDisabled ? `${name} is switched off and signed out everywhere` : `${name} may sign in again`;
  await present(call, what, { account, madeUpPassword: undefined });
}
