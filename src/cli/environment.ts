import { homedir, userInfo } from 'node:os';
import { DtmError } from '../core/errors.ts';
import type { Surroundings } from '../core/stateHome.ts';

export const defaultServer = 'http://localhost:8000';
const defaultRequestTimeoutS = 10;

export function systemSurroundings(): Surroundings {
  return { env: process.env, platform: process.platform, home: homedir() };
}

/** The person's name on this machine: who acts while nobody is signed in. */
export function localUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id without a name.
    return process.env.USER || process.env.USERNAME || 'local';
  }
}

/** How long a command waits for the server, in milliseconds. @throws DtmError `configuration` */
export function requestTimeoutMs(env: Surroundings['env']): number {
  const text = env.DTM_REQUEST_TIMEOUT_S;
  if (!text) return defaultRequestTimeoutS * 1_000;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 3_600) return seconds * 1_000;
  throw new DtmError('configuration', `DTM_REQUEST_TIMEOUT_S is not a number of seconds: ${text}`, {
    hint: 'Set it to a number above 0 and at most 3600, or unset it.',
  });
}
