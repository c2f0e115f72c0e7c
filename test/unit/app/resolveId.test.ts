import assert from 'node:assert/strict';
import { resolveId } from '../../../src/app/resolveId.ts';
import { newEntity } from '../../../src/core/draft.ts';
import { isDtmError } from '../../../src/core/errors.ts';
import { EntityTable } from '../../../src/workspace/entityTable.ts';

const at = '2026-01-01T00:00:00.000Z';
const table = new EntityTable();
for (const id of ['P-ABCD111111', 'P-ABCD222222', 'P-ABCE', 'P-ABCE333333'])
  table.put(newEntity('project', id, { name: `name of ${id}` }, at, 'ana'));
const find = (text: string): string => resolveId(table, 'project', text).id;

describe('resolving an id', () => {
  it('takes a whole id, and a prefix of four characters or more, in any case, without the letter too', () => {
    assert.equal(find('P-ABCD111111'), 'P-ABCD111111');
    for (const text of ['P-ABCD1', 'p-abcd1', 'abcd1', ' ABCD1 ']) assert.equal(find(text), 'P-ABCD111111');
  });

  it('prefers the id that is written out to those that begin with it', () => {
    assert.equal(find('abce'), 'P-ABCE');
  });

  it('lists the candidates where several begin so', () => {
    assert.throws(
      () => find('ABCD'),
      (error: unknown) => isDtmError(error, 'ambiguous-id') && (error.hint ?? '').includes('name of P-ABCD222222'),
    );
  });

  it('finds nothing by less than four characters, by nothing, or by another kind’s id', () => {
    for (const text of ['ABC', 'P-ABC', '', 'P-', 'T-ABCD1', 'ZZZZZ'])
      assert.throws(() => find(text), { code: 'not-found' });
  });
});
