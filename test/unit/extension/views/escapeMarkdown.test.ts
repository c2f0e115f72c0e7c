import assert from 'node:assert/strict';
import { escapeMarkdown, firstLine } from '../../../../src/extension/views/escapeMarkdown.ts';

describe('escapeMarkdown', () => {
  it('leaves no sign with which Markdown, HTML or an icon could begin', () => {
    const hostile = '[x](command:evil) ![i](http://e) <b> &lt; $(key) *a* `b` # c https://e.example |';
    const escaped = escapeMarkdown(hostile);
    const withoutEscapes = escaped.replace(/\\./g, '').replace(/&(lt|amp);/g, '');
    assert.doesNotMatch(withoutEscapes, /[[\]()<>$*`#|!:&]/);
  });

  it('leaves plain words as they are', () => {
    assert.equal(escapeMarkdown('Fix the login, please'), 'Fix the login, please');
  });
});

describe('firstLine', () => {
  it('cuts at the end of the line and at the limit', () => {
    assert.equal(firstLine('  one\ntwo', 10), 'one');
    assert.equal(firstLine('0123456789', 5), '0123…');
    assert.equal(firstLine('', 5), '');
  });
});
