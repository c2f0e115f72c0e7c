import assert from 'node:assert/strict';
import { dayDistance, sprintDay } from '../../../../src/core/evidence/evidenceTime.ts';

const now = '2026-11-25T23:59:00.000Z';

describe('time in the evidence ledger', () => {
  const distances = [
    ['2026-11-25', 'today'],
    ['2026-11-26T00:00:00.000Z', 'in 1 day'],
    ['2026-12-25', 'in 30 days'],
    ['2026-11-24T23:59:59.000Z', '1 day ago'],
  ] as const;
  for (const [due, words] of distances) it(`${due} is ${words}`, () => assert.equal(dayDistance(now, due), words));

  const days = [
    ['2026-11-25', '2026-12-08', '1 of 14'],
    ['2026-11-12', '2026-11-25', '14 of 14'],
    ['2026-11-26', '2026-12-08', 'before it begins'],
    ['2026-11-01', '2026-11-24', 'after its end'],
    ['2026-11-24', null, '2'],
    [null, '2026-12-08', 'none'],
  ] as const;
  for (const [startDate, endDate, words] of days)
    it(`in a sprint from ${startDate} to ${endDate} it is ${words}`, () => {
      assert.equal(sprintDay(now, { startDate, endDate }), words);
    });
});
