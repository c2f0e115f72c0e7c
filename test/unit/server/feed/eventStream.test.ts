import assert from 'node:assert/strict';
import type { ChangeBody } from '../../../../src/api/sync.ts';
import { Emitter } from '../../../../src/core/emitter.ts';
import { type EventPage, eventStream } from '../../../../src/server/feed/eventStream.ts';

const change = (seq: number): ChangeBody => ({
  seq,
  entity: 'task',
  id: `T-${seq}`,
  kind: 'create',
  version: 1,
  at: '2026-01-01T00:00:00.000Z',
  by: 'ada',
  op_id: null,
  data: null,
});

describe('the stream of events', () => {
  const commits = new Emitter<void>();
  const page = (changes: readonly ChangeBody[], next: number, hasMore = false): EventPage => ({
    changes,
    next,
    hasMore,
  });

  function stream(read: (after: number) => Promise<EventPage>, times: { heartbeatMs?: number; stallMs?: number } = {}) {
    const ended = new AbortController();
    let cuts = 0;
    const cutOff = () => {
      cuts++;
    };
    const limits = { heartbeatMs: 60_000, stallMs: 60_000, ...times };
    const signal = { onDidCommit: commits.event };
    const events = eventStream({ after: 0, read, commits: signal, signal: ended.signal, cutOff, ...limits });
    return { events, ended, cuts: () => cuts };
  }

  it('sends a comment at once, and another whenever nothing happened for a while', async () => {
    const { events, ended } = stream(async (after) => page([], after), { heartbeatMs: 5 });
    const sent = [await events.next(), await events.next(), await events.next()].map((step) => step.value);
    assert.deepEqual(sent, [': connected\n\n', ': still here\n\n', ': still here\n\n']);
    ended.abort();
    assert.equal((await events.next()).done, true);
  });

  it('hears a commit that happens while it reads', async () => {
    const known: number[] = [];
    const { events, ended } = stream(async (after) => {
      const found = known.filter((seq) => seq > after);
      if (after === 0 && found.length === 0) {
        known.push(1);
        commits.fire();
      }
      return page(found.map(change), found.at(-1) ?? after);
    });
    await events.next();
    assert.match(String((await events.next()).value), /^event: change\nid: 1\ndata: \{.*\}\n\n$/);
    ended.abort();
    assert.equal((await events.next()).done, true);
  });

  it('reads no further than what was taken', async () => {
    const read: number[] = [];
    const { events, ended } = stream(async (after) => {
      read.push(after);
      return page([change(after + 1), change(after + 2)], after + 2, true);
    });
    await events.next();
    await events.next();
    assert.deepEqual(read, [0]);
    await events.next();
    await events.next();
    assert.deepEqual(read, [0, 2]);
    ended.abort();
    await events.next();
  });

  it('cuts off whoever does not take what was sent', async () => {
    const { events, ended, cuts } = stream(async (after) => page([], after), { stallMs: 1 });
    await events.next();
    while (cuts() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    ended.abort();
    assert.equal((await events.next()).done, true);
  });
});
