import assert from 'node:assert/strict';
import { daysLater, daysUntil } from '../../../../src/extension/views/progress.ts';

describe('days', () => {
  it('counts whole days, over months, years and changes of the clock', () => {
    assert.equal(daysUntil('2026-03-01', '2026-02-27'), 2);
    assert.equal(daysUntil('2026-01-01', '2026-01-01'), 0);
    assert.equal(daysUntil('2025-12-31', '2026-01-01'), -1);
    assert.equal(daysUntil('2026-03-30', '2026-03-28'), 2);
  });

  it('goes as many days ahead', () => {
    assert.equal(daysLater('2026-02-27', 2), '2026-03-01');
    assert.equal(daysLater('2026-12-31', 1), '2027-01-01');
  });
});
