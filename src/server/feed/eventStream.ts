import type { ChangeBody } from '../../api/sync.ts';
import type { CommitSignal } from './commitSignal.ts';
import { WakeUp } from './wakeUp.ts';

/** A stretch of the feed for one subscriber, and the number after which the next one begins. */
export interface EventPage {
  readonly changes: readonly ChangeBody[];
  readonly next: number;
  readonly hasMore: boolean;
}

export interface EventStreamOptions {
  /** The number of the last change that the subscriber knows. */
  readonly after: number;
  read(after: number): Promise<EventPage>;
  readonly commits: CommitSignal;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** A comment is sent when nothing else was for so long, so that proxies keep the connection. */
  readonly heartbeatMs: number;
  /** A subscriber that takes nothing for so long is cut off. */
  readonly stallMs: number;
  cutOff(): void;
}

/**
 * Changes as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). They are read from the
 * feed when the subscriber has taken what was sent before: a slow one costs one page of memory, however far it is
 * behind.
 */
export async function* eventStream(options: EventStreamOptions): AsyncGenerator<string, void> {
  const { signal, heartbeatMs } = options;
  const wakeUp = new WakeUp(options.commits);
  const taken = patience(options);
  try {
    yield* taken(': connected\n\n');
    let sentAt = performance.now();
    for (let after = options.after; !signal.aborted; ) {
      const page = await options.read(after);
      for (const change of page.changes) yield* taken(eventOf(change));
      after = page.next;
      if (page.changes.length > 0) sentAt = performance.now();
      if (page.hasMore) continue;
      const silentMs = performance.now() - sentAt;
      if (silentMs >= heartbeatMs) {
        yield* taken(': still here\n\n');
        sentAt = performance.now();
      } else await wakeUp.wait(heartbeatMs - silentMs, signal);
    }
  } finally {
    wakeUp.dispose();
  }
}

/** Gives a piece away and waits until it was taken, but not for ever. */
function patience({ stallMs, signal, cutOff }: EventStreamOptions) {
  return function* taken(piece: string): Generator<string, void> {
    if (signal.aborted) return;
    const timer = setTimeout(cutOff, stallMs);
    try {
      yield piece;
    } finally {
      clearTimeout(timer);
    }
  };
}

function eventOf(change: ChangeBody): string {
  return `event: change\nid: ${change.seq}\ndata: ${JSON.stringify(change)}\n\n`;
}
