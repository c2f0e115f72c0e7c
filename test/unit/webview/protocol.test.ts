import assert from 'node:assert/strict';
import { parseHostMessage, parseViewMessage, parseViewState } from '../../../src/webview/protocol.ts';

describe('the messages of the details view', () => {
  it('takes what the webview may say', () => {
    assert.deepEqual(parseViewMessage({ type: 'ready' }), { type: 'ready' });
    assert.deepEqual(parseViewMessage({ type: 'act', action: 'edit' }), { type: 'act', action: 'edit' });
  });

  for (const wrong of [null, 'ready', {}, { type: 'run' }, { type: 'act', action: 'rm' }, { type: 'open', id: 7 }]) {
    it(`drops ${JSON.stringify(wrong)} from the webview`, () => assert.equal(parseViewMessage(wrong), undefined));
  }

  it('drops what the extension would never say', () => {
    assert.equal(parseHostMessage({ type: 'show', details: { id: 'T-1' } }), undefined);
    assert.deepEqual(parseHostMessage({ type: 'gone', id: 'T-1', text: 'x' }), { type: 'gone', id: 'T-1', text: 'x' });
  });

  it('takes only a state with an id', () => {
    assert.deepEqual(parseViewState({ id: 'T-1' }), { id: 'T-1' });
    assert.equal(parseViewState({}), undefined);
  });
});
