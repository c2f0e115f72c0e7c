import assert from 'node:assert/strict';
import { burndown, type RecordedEvent, type SprintSpan } from '../../../src/core/burndown.ts';
import type { Member } from '../../../src/core/sprintHistory.ts';

const out: Member = { state: 'out', points: 0 };
const open = (points: number): Member => ({ state: 'open', points });
const done = (points: number): Member => ({ state: 'done', points });
const dropped = (points: number): Member => ({ state: 'dropped', points });

let seq = 0;
function event(day: string, taskId: string, before: Member, after: Member): RecordedEvent {
  return { seq: ++seq, at: `2026-03-${day}T12:00:00.000Z`, sprintId: 'S-1', taskId, before, after };
}

/** A sprint of five days, worked out on paper. */
const history = [
  event('01', 'T-1', out, open(5)),
  event('01', 'T-2', out, open(3)),
  event('02', 'T-3', out, open(2)),
  // 4: begun with 10 points. Monday: one is done, one comes in.
  event('02', 'T-1', open(5), done(5)),
  event('02', 'T-4', out, open(8)),
  // Tuesday: re-estimated, reopened.
  event('03', 'T-2', open(3), open(5)),
  event('03', 'T-1', done(5), open(5)),
  // Wednesday: one leaves, one is dropped, one is done for the second time.
  event('04', 'T-4', open(8), out),
  event('04', 'T-3', open(2), dropped(2)),
  event('04', 'T-1', open(5), done(5)),
  // Thursday: the sprint is completed, and after it T-2 is carried over.
  event('05', 'T-2', open(5), out),
];
const span: SprintSpan = {
  firstDay: '2026-03-02',
  endDay: '2026-03-06',
  startedSeq: 4,
  finishedSeq: 11,
  lastDay: '2026-03-05',
};

describe('a burndown', () => {
  it('is what was worked out by hand', () => {
    const { committed, days } = burndown(span, history);
    assert.deepEqual(committed.points, { scope: 10, done: 0, remaining: 10 });
    assert.deepEqual(committed.tasks, { scope: 3, done: 0, remaining: 3 });
    const none = { added: 0, removed: 0, reestimated: 0, completed: 0, reopened: 0 };
    assert.deepEqual(
      days.map(({ date, points, ideal }) => ({ date, ideal, ...points })),
      [
        { ...none, date: '2026-03-02', ideal: 8, completed: 5, added: 8, scope: 18, done: 5, remaining: 13 },
        { ...none, date: '2026-03-03', ideal: 6, reestimated: 2, reopened: 5, scope: 20, done: 0, remaining: 20 },
        { ...none, date: '2026-03-04', ideal: 4, removed: 10, completed: 5, scope: 10, done: 5, remaining: 5 },
        { ...none, date: '2026-03-05', ideal: 2, scope: 10, done: 5, remaining: 5 },
      ],
    );
    assert.deepEqual(
      days.map(({ tasks }) => [tasks.added, tasks.removed, tasks.completed, tasks.reopened, tasks.remaining]),
      [
        [1, 0, 1, 0, 3],
        [0, 0, 0, 1, 4],
        [0, 2, 1, 0, 1],
        [0, 0, 0, 0, 1],
      ],
    );
  });

  it('moves its scope by what was added, removed and re-estimated, and by nothing else', () => {
    const { committed, days } = burndown({ ...span, finishedSeq: null, lastDay: '2026-03-09' }, history);
    let scope = committed.points.scope;
    for (const { points } of days) {
      scope += points.added - points.removed + points.reestimated;
      assert.equal(points.scope, scope);
      assert.equal(points.remaining, points.scope - points.done);
    }
    assert.equal(days.length, 8);
    assert.equal(days.at(-1)?.ideal, 0);
    assert.equal(days.at(-1)?.points.scope, 5);
  });

  it('counts an estimate and a status that change at once, each once', () => {
    const both = [event('02', 'T-9', out, open(1)), event('02', 'T-9', open(1), done(4))];
    const [day] = burndown({ ...span, startedSeq: null, finishedSeq: null, lastDay: '2026-03-02' }, both).days;
    const { added, reestimated, completed, scope, remaining } = day?.points ?? assert.fail();
    assert.deepEqual([added, reestimated, completed, scope, remaining], [1, 3, 4, 4, 0]);
  });

  it('keeps the sums of decimal estimates decimal', () => {
    const tenths = Array.from({ length: 10 }, (_, index) => event('02', `T-${index}`, out, open(0.1)));
    const [day] = burndown({ ...span, startedSeq: null, finishedSeq: null, lastDay: '2026-03-02' }, tenths).days;
    assert.equal(day?.points.scope, 1);
  });

  it('shows at most the last year, with everything before in its totals', () => {
    const long = burndown({ ...span, firstDay: '0001-01-01', startedSeq: null, finishedSeq: null }, [
      { ...event('01', 'T-1', out, open(3)), at: '2020-01-01T00:00:00.000Z' },
    ]);
    assert.equal(long.days.length, 366);
    assert.equal(long.days[0]?.points.scope, 3);
    assert.deepEqual(burndown({ ...span, firstDay: '2026-04-01', endDay: null }, history).days, []);
  });
});
