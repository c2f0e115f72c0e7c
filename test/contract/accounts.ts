import type { Role } from '../../src/api/auth.ts';
import type { DtmServer } from '../support/dtmServer.ts';
import { Api, type Body } from './api.ts';

export const password = 'a password for tests';

/** Adds a user. */
export function addUser(admin: Api, username: string, role: Role): Promise<Body> {
  return admin.must('POST', '/api/v1/users', { username, password, role });
}

/** Signs a user in. */
export async function signInAs(server: DtmServer, username: string): Promise<Api> {
  const answer = await new Api(server.origin).must('POST', '/auth/login', { username, password });
  return new Api(server.origin, answer.access_token);
}
