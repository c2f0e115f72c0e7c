import { setTimeout } from 'node:timers/promises';
import { DtmError } from '../../core/errors.ts';
import type { ServerContext } from '../context.ts';

const windowMs = 15 * 60 * 1_000;
/** So many failures of one name from one address within the window. */
const mostFailures = 10;
/** So many of one name from everywhere make nobody wait. */
const freeFailures = 20;
const stepMs = 100;
const longestMs = 2_000;
/** The address that stands for all addresses of a name. */
const everywhere = '';

type Needs = Pick<ServerContext, 'store' | 'now'>;

/** How long an attempt waits for its turn after so many failures of its name from everywhere. */
export function slowdownMs(failures: number): number {
  return Math.min(longestMs, Math.max(0, failures - freeFailures) * stepMs);
}

/**
 * Guards a check of a password. Ten failures of a name from one address within 15 minutes: this address has to wait,
 * and no other. Failures of a name from everywhere only slow its next attempts down, so that nobody can lock another
 * out. Everything is in the database, so that all processes count together.
 * @param check whether the password is right
 * @returns what `check` said
 * @throws DtmError `rate-limited` with `retry_after_s`, also for a right password: guessing many at once gains nothing
 */
export async function throttled(
  { store, now }: Needs,
  username: string,
  address: string,
  check: () => Promise<boolean>,
): Promise<boolean> {
  const begin = windowStart(now());
  const [own, all] = await store.read(async (tx) => [
    await tx.loginAttempts.failures(username, address, begin),
    await tx.loginAttempts.failures(username, everywhere, begin),
  ]);
  refuseTooMany(own ?? [], now());
  await setTimeout(slowdownMs(all?.length ?? 0));
  const isRight = await check();
  const at = now();
  if (isRight && (await store.read((tx) => tx.loginAttempts.failures(username, address, begin))).length === 0)
    return true;
  await store.write(async (tx) => {
    const since = windowStart(at);
    const failures = await tx.loginAttempts.lock(username, address, since);
    refuseTooMany(failures, at);
    if (isRight) return tx.loginAttempts.forget(username, address);
    await tx.loginAttempts.add(username, address, failures, at);
    const others = await tx.loginAttempts.lock(username, everywhere, since);
    await tx.loginAttempts.add(username, everywhere, others, at);
  });
  return isRight;
}

function windowStart(now: string): string {
  return new Date(Date.parse(now) - windowMs).toISOString();
}

/** Forgets names that nobody failed with for longer than the window. */
export async function pruneLoginAttempts({ store, now }: Needs): Promise<void> {
  await store.write((tx) => tx.loginAttempts.prune(windowStart(now())));
}

function refuseTooMany(failures: readonly string[], now: string): void {
  if (failures.length < mostFailures) return;
  const freeAgain = Date.parse(failures.at(-mostFailures) ?? now) + windowMs;
  const seconds = Math.max(1, Math.ceil((freeAgain - Date.parse(now)) / 1_000));
  throw new DtmError('rate-limited', 'too many sign-ins with this name failed from your address', {
    hint: `Try again in ${Math.ceil(seconds / 60)} minutes.`,
    details: { retry_after_s: seconds },
    retryable: true,
  });
}
