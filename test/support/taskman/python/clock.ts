let last = 0;

/** The current time in UTC with microseconds and no zone (`datetime.utcnow()`); never the same twice. */
export function utcNow(): string {
  const now = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  last = Math.max(now, last + 1);
  const seconds = new Date(Math.floor(last / 1000)).toISOString().slice(0, 19);
  return `${seconds}.${String(last % 1_000_000).padStart(6, '0')}`;
}
