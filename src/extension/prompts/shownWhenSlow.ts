/**
 * Below this nobody wants to be told that something goes on. The editor also shows at most three notifications per
 * 800 ms, so one that only flashes up can take the place of the answer that follows it.
 */
const patienceMs = 500;

/** Does the work; only where it takes longer than a moment, shows that it goes on. */
export async function shownWhenSlow<T>(work: () => Promise<T>, show: (working: Promise<T>) => unknown): Promise<T> {
  const working = work();
  const timer = setTimeout(() => show(working), patienceMs);
  try {
    return await working;
  } finally {
    clearTimeout(timer);
  }
}
