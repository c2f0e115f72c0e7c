import { setTimeout as delay } from 'node:timers/promises';

const pauseMs = 15;
const patienceMs = 20_000;

/** Waits until something is so, and gives what it answered. @throws Error when it is not after twenty seconds */
export async function until<T>(
  what: string,
  find: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  for (const giveUp = performance.now() + patienceMs; performance.now() < giveUp; await delay(pauseMs)) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
  }
  throw new Error(`after ${patienceMs} ms still not so: ${what}`);
}
