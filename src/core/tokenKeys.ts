/** The names under which the tokens of an account are kept; an origin is such as `http://127.0.0.1:8000`. */
export const tokenKeys = {
  /** The refresh token: good for weeks, and worth a keychain. */
  refresh: (origin: string, account: string) => `${origin}|${account}`,
  /** The access token of the moment. No origin begins like this, so that no name of an account can collide with it. */
  access: (origin: string, account: string) => `${accessPrefix}${origin}|${account}`,
  /** Who signed in last: no secret. */
  lastAccount: (origin: string) => `${origin}${lastAccountSuffix}`,
} as const;

const accessPrefix = 'access|';
const lastAccountSuffix = '|last-account';

/** Whether what is kept under that name is a secret for long. */
export function isLongLived(key: string): boolean {
  return !key.startsWith(accessPrefix) && !key.endsWith(lastAccountSuffix);
}
