import type { DtmServer } from './dtmServer.ts';
import { runScan } from './secrets/runScan.ts';

/** Another user of a server, beside its administrator. */
export interface SecondUser {
  readonly username: string;
  readonly password: string;
  /** An access token. */
  readonly token: string;
}

/** Adds a member and signs it in. */
export async function addSecondUser(server: DtmServer, username: string): Promise<SecondUser> {
  const password = 'a password of some length';
  runScan.learn(password);
  await post(server, '/api/v1/users', { username, password, role: 'member' }, await server.login());
  const { access_token: token } = await post(server, '/auth/login', { username, password });
  return { username, password, token: String(token) };
}

async function post(server: DtmServer, path: string, body: object, token?: string): Promise<Record<string, unknown>> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(server.origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}
