import { l10n } from 'vscode';
import { DtmError } from '../../core/errors.ts';
import type { AppHost } from '../appHost.ts';
import type { CommandTable } from '../commands/commandTable.ts';
import type { Guard } from '../commands/guard.ts';
import { connectTo } from '../connection/connect.ts';
import type { Person } from '../prompts/person.ts';
import type { Settings } from '../settings.ts';
import type { LocalServer } from './localServer.ts';
import type { ServerProcess } from './serverProcess.ts';

type ServerCommands = Pick<CommandTable, 'dtm.startServer' | 'dtm.stopServer'>;

export interface ServerContext {
  readonly host: AppHost;
  readonly person: Person;
  readonly guard: Guard;
  readonly server: LocalServer;
  readonly settings: () => Pick<Settings, 'serverPort'>;
}

export function serverCommands(context: ServerContext): ServerCommands {
  return {
    'dtm.startServer': () => startServer(context),
    'dtm.stopServer': () => stopServer(context),
  };
}

/** Starts a server on this machine, signs in to it by itself, and offers to connect the workspace to it. */
async function startServer({ host, person, guard, server, settings }: ServerContext): Promise<void> {
  const app = await host.ready();
  const wanted = settings().serverPort;
  const title = l10n.t('Starting the local DTM server…');
  const started = await person.wait(title, () => server.start(wanted));
  tell(person, guard, started, wanted);
  const { username } = await app.accounts.whoAmI(started.origin);
  await connectTo(app, person, started.origin, username);
  await app.syncNow();
}

function tell(person: Person, guard: Guard, { origin, madeAccount }: ServerProcess, wanted: number): void {
  if (Number(new URL(origin).port) !== wanted) {
    void person.inform(l10n.t('Port {0} is taken by another program, so the server listens on {1}.', wanted, origin));
  }
  if (madeAccount) void guard('dtm.madeAccount', () => tellAccount(person, madeAccount.username, madeAccount.password));
}

/** The one time at which anybody can learn this password; it is kept nowhere. */
async function tellAccount(person: Person, username: string, password: string): Promise<void> {
  const copy = l10n.t('Copy Password');
  const message = l10n.t(
    'The server made the account “{0}”. This window needs no password; elsewhere you do, and it can be copied only now.',
    username,
  );
  if ((await person.inform(message, copy)) === copy) await person.copy(password);
}

async function stopServer({ host, server }: ServerContext): Promise<void> {
  if (!server.isRunning) {
    throw new DtmError('unavailable', l10n.t('This window has started no local server'), {
      hint: l10n.t('A server that was started elsewhere is stopped there.'),
    });
  }
  await server.stop();
  await host.app?.syncNow(5_000);
}
