import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyListChange, listChange } from '../../../src/core/listChange.ts';
import { canonicalWords } from '../../../src/core/text.ts';

const words = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', '😀', '\uffff')).map(canonicalWords);
const criterion = (id: string, text: string) => ({ id, text, done: false });

describe('list changes', () => {
  it('lead from one list to the other', () => {
    fc.assert(
      fc.property(words, words, (from, to) => {
        assert.deepEqual(applyListChange('labels', from, listChange(from, to)), to);
      }),
    );
  });

  it('of words always merge, and in either order', () => {
    fc.assert(
      fc.property(words, words, words, (base, mine, theirs) => {
        const [a, b] = [listChange(base, mine), listChange(base, theirs)];
        const ab = applyListChange('labels', applyListChange('labels', base, a)!, b);
        const ba = applyListChange('labels', applyListChange('labels', base, b)!, a);
        assert.deepEqual(ab, ba);
        const kept = base.filter((word) => mine.includes(word) && theirs.includes(word));
        const added = [...mine, ...theirs].filter((word) => !base.includes(word));
        assert.deepEqual(ab, canonicalWords([...kept, ...added]));
      }),
    );
  });

  const base = [criterion('c1', 'one'), criterion('c2', 'two')];

  it('of different criteria merge', () => {
    const mine = listChange(base, [criterion('c1', 'one, better'), criterion('c2', 'two')]);
    const theirs = listChange(base, [criterion('c1', 'one'), { ...criterion('c2', 'two'), done: true }]);
    const merged = applyListChange('acceptanceCriteria', applyListChange('acceptanceCriteria', base, mine)!, theirs);
    assert.deepEqual(merged, [criterion('c1', 'one, better'), { ...criterion('c2', 'two'), done: true }]);
  });

  it('of one criterion conflict: edit against edit, edit against removal, removal against edit', () => {
    const [first, second] = base;
    const edited = [criterion('c1', 'mine'), second!];
    const edit = listChange(base, edited);
    const removal = listChange(base, [second!]);
    assert.equal(applyListChange('acceptanceCriteria', [criterion('c1', 'theirs'), second!], edit), undefined);
    assert.equal(applyListChange('acceptanceCriteria', [second!], edit), undefined);
    assert.equal(applyListChange('acceptanceCriteria', edited, removal), undefined);
    assert.deepEqual(applyListChange('acceptanceCriteria', [first!], removal), []);
  });

  it('keep criteria in the order people gave them, and words and links sorted', () => {
    const added = listChange(base, [...base, criterion('a0', 'last')]);
    assert.deepEqual(
      applyListChange('acceptanceCriteria', base, added)?.map((element) => (element as { id: string }).id),
      ['c1', 'c2', 'a0'],
    );
    const links = [{ title: 'b', url: 'https://b' }];
    const more = { add: [{ title: 'a', url: 'https://a' }], remove: [] };
    assert.deepEqual(
      applyListChange('links', links, more)?.map((element) => (element as { url: string }).url),
      ['https://a', 'https://b'],
    );
  });
});
