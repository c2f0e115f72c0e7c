import assert from 'node:assert/strict';
import { colorsFor } from '../../../src/cli/output/colors.ts';
import { renderTable } from '../../../src/cli/output/table.ts';
import { conflictColumns, describeStopped, stoppedFields } from '../../../src/cli/stopped/stoppedView.ts';
import { newEntity } from '../../../src/core/draft.ts';
import { updateOperation } from '../../../src/core/expand.ts';
import type { StoppedChange } from '../../../src/core/stoppedChange.ts';
import { authorNamed } from '../../support/author.ts';

const author = authorNamed('ben');
const draft = { projectId: 'P-7ZK3M9Q0AB', title: 'A title that is much longer than there is room for on a terminal' };
const base = newEntity('task', 'T-7ZK3M9Q0AB', draft, author.now(), 'ana');
const mine = { title: '\u001b[31mred', description: 'x', owner: 'ben', dueAt: author.now(), estimatePoints: 3 };
const theirs = { ...base, title: `${draft.title}!`, description: 'y', owner: 'ana', estimatePoints: 5, version: 2 };

const operation = updateOperation(author, 'task', base, mine);
const change: StoppedChange = {
  entity: 'task',
  id: base.id,
  opId: operation.opId,
  state: 'conflict',
  operations: [operation],
  current: theirs,
  lastSeen: undefined,
  problem: undefined,
  companions: [],
  waiting: [],
};

describe('stopped changes in the terminal', () => {
  it('fit 80 columns, whatever they are called, and keep the id whole', () => {
    const table = renderTable([change], conflictColumns, { width: 80, ellipsis: '…', colors: colorsFor(false) });
    assert.ok(
      table.lines.every((line) => line.length <= 80),
      table.lines.join('\n'),
    );
    assert.match(table.lines[1] ?? '', /^T-7ZK3M9Q0AB {2}A title .*…/);
    assert.match(table.lines[1] ?? '', /title, description, owner/);
  });

  it('cannot steer the terminal', () => {
    const text = describeStopped(change, colorsFor(false));
    assert.match(text, /mine +\ufffd\[31mred/);
    assert.ok(!text.includes('\u001b'));
  });

  it('name fields as everywhere else in JSON', () => {
    const { fields } = stoppedFields(change) as { fields: readonly { field: string; contradicts: boolean }[] };
    const found = Object.fromEntries(fields.map(({ field, contradicts }) => [field, contradicts]));
    assert.deepEqual(found, { title: true, description: true, owner: true, due_at: false, estimate_points: true });
  });
});
