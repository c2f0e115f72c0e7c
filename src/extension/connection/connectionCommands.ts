import { l10n } from 'vscode';
import type { DtmApp } from '../../app/dtmApp.ts';
import { DtmError } from '../../core/errors.ts';
import type { AppHost } from '../appHost.ts';
import type { CommandTable } from '../commands/commandTable.ts';
import type { Person } from '../prompts/person.ts';
import type { Settings } from '../settings.ts';
import { chooseProjects } from './chooseProjects.ts';
import { askAndConnect, connectTo } from './connect.ts';
import { askAndCopy } from './earlierBindings.ts';
import { askAndImport } from './importFrom.ts';
import { ensureSignedIn, signIn } from './signIn.ts';

type ConnectionCommands = Pick<
  CommandTable,
  | 'dtm.signIn'
  | 'dtm.signOut'
  | 'dtm.signOutEverywhere'
  | 'dtm.connect'
  | 'dtm.disconnect'
  | 'dtm.importFrom'
  | 'dtm.copyFrom'
  | 'dtm.chooseProjects'
>;

export interface ConnectionContext {
  readonly host: AppHost;
  readonly person: Person;
  readonly settings: () => Pick<Settings, 'serverUrl'>;
}

/** Signing in and out, and which server the workspace belongs to. */
export function connectionCommands({ host, person, settings }: ConnectionContext): ConnectionCommands {
  return {
    'dtm.signIn': async () => signInAndConnect(await host.ready(), person, settings().serverUrl),
    'dtm.signOut': async () => signOut(await host.ready(), person, settings().serverUrl),
    'dtm.signOutEverywhere': async () => signOutEverywhere(await host.ready(), person, settings().serverUrl),
    'dtm.connect': async () => askAndConnect(await host.ready(), person, settings().serverUrl),
    'dtm.importFrom': async () => askAndImport(await host.ready(), person, settings().serverUrl),
    'dtm.chooseProjects': async () => chooseProjects(await host.ready(), person),
    'dtm.copyFrom': async () => askAndCopy(await host.ready(), person),
    'dtm.disconnect': async () => disconnect(await host.ready(), person),
  };
}

/** Whoever is signed in already is asked whether it shall be somebody else. */
async function signInAndConnect(app: DtmApp, person: Person, suggested: string): Promise<void> {
  const origin = app.binding.current?.origin ?? suggested;
  const before = app.status.connection.kind;
  let account = await ensureSignedIn(app, person, origin);
  if (app.binding.current?.account === account.username && before !== 'signed-out') {
    await person.confirm({
      message: l10n.t('You are signed in to {0} as {1}.', origin, account.username),
      detail: l10n.t('Another account has its own projects, sprints and tasks in this workspace.'),
      action: l10n.t('Sign In as Someone Else'),
      isGrave: false,
    });
    account = await signIn(app, person, origin);
  }
  await connectTo(app, person, origin, account.username);
}

async function signOut(app: DtmApp, person: Person, suggested: string): Promise<void> {
  const origin = app.binding.current?.origin ?? suggested;
  const { pending } = app.status;
  if (pending > 0) {
    await person.confirm({
      message: l10n.t('Sign out of {0}?', origin),
      detail: l10n.t('Changes that wait for the server ({0}) stay here and are sent after you sign in again.', pending),
      action: l10n.t('Sign Out'),
      isGrave: false,
    });
  }
  await app.accounts.logout(origin);
  // The status learns from the server's next answer that nobody is signed in.
  await app.syncNow();
}

async function signOutEverywhere(app: DtmApp, person: Person, suggested: string): Promise<void> {
  const origin = app.binding.current?.origin ?? suggested;
  const account = (await app.accounts.knownAccount(origin)) ?? l10n.t('your account');
  await person.confirm({
    message: l10n.t('Sign {0} out of {1} on every machine?', account, origin),
    detail: l10n.t(
      'Every window and terminal that is signed in with this account has to sign in again. Changes that wait there stay there. Personal access tokens go on working.',
    ),
    action: l10n.t('Sign Out Everywhere'),
    isGrave: true,
  });
  await person.wait(l10n.t('Signing out…'), () => app.accounts.logoutEverywhere(origin));
  await app.syncNow();
}

async function disconnect(app: DtmApp, person: Person): Promise<void> {
  const binding = app.binding.current;
  if (!binding) {
    throw new DtmError('not-bound', l10n.t('This workspace is connected to no server'), {
      hint: l10n.t('Use “DTM: Connect to a Server…” to connect it.'),
    });
  }
  const { pending, conflicts, rejected } = app.status;
  const waiting = pending + conflicts + rejected;
  await person.confirm({
    message: l10n.t('Disconnect this workspace from {0}?', binding.origin),
    detail: l10n.t(
      'You go on with what is only on this machine. What belongs to the server is set aside, with the changes that wait for it ({0}), and comes back when you connect again.',
      waiting,
    ),
    action: l10n.t('Disconnect'),
    isGrave: false,
  });
  await app.binding.unbind();
}
