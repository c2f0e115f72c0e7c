import { l10n } from 'vscode';
import type { Account, DtmApp } from '../../app/dtmApp.ts';
import { DtmError, isDtmError } from '../../core/errors.ts';
import { errorText } from '../commands/guard.ts';
import type { Person } from '../prompts/person.ts';
import { runSteps } from '../prompts/steps.ts';

/**
 * Who is signed in to a server; asks for name and password where nobody is.
 * @throws DtmError `offline` before anything is asked, `cancelled`
 */
export async function ensureSignedIn(app: DtmApp, person: Person, origin: string): Promise<Account> {
  try {
    return await app.accounts.whoAmI(origin);
  } catch (error) {
    if (!needsPassword(error)) throw error;
    return signIn(app, person, origin);
  }
}

function needsPassword(error: unknown): boolean {
  return isDtmError(error, 'unauthenticated') || isDtmError(error, 'token-expired') || isReused(error);
}

function isReused(error: unknown): boolean {
  return isDtmError(error, 'refresh-token-reused');
}

/** Asks for name and password until they are right or the person gives up; what was typed stays in the box. */
export async function signIn(app: DtmApp, person: Person, origin: string): Promise<Account> {
  const title = l10n.t('Sign In to {0}', origin);
  const { current } = app.binding;
  let username = (current?.origin === origin ? current.account : await app.accounts.knownAccount(origin)) ?? '';
  let account: Account | undefined;
  await runSteps([
    async (position) => {
      const prompt = l10n.t('User name');
      username = (await person.text({ title, prompt, position, value: username, validate: required })).trim();
    },
    async (position) => {
      const submit = async (password: string) => {
        try {
          account = await app.accounts.login(origin, username, password);
          return undefined;
        } catch (error) {
          return errorText(error);
        }
      };
      const prompt = l10n.t('Password of {0}', username);
      await person.text({ title, prompt, position, isPassword: true, validate: required, submit });
    },
  ]);
  if (!account) throw new DtmError('cancelled', 'cancelled');
  return account;
}

function required(text: string): string | undefined {
  return text.trim() === '' ? l10n.t('Something must stand here.') : undefined;
}
