import assert from 'node:assert/strict';
import type { Format } from '../../../../src/cli/globalOptions.ts';
import { Output } from '../../../../src/cli/output/output.ts';
import { terminalOf } from '../../../../src/cli/output/terminal.ts';
import { DtmError } from '../../../../src/core/errors.ts';

class Collected {
  text = '';
  write(text: string): void {
    this.text += text;
  }
}

function makeOutput(format: Format) {
  const [out, err] = [new Collected(), new Collected()];
  const terminal = { isTerminal: false, width: undefined, colors: false, unicode: true };
  return { out, err, output: new Output(format, { sink: out, terminal }, { sink: err, terminal }) };
}

const invalid = new DtmError('validation', 'this cannot be', {
  hint: 'Do that.',
  fields: [
    { path: 'title', code: 'empty', message: 'must not be empty' },
    { path: 'due_at', code: 'date', message: 'must be a date' },
  ],
});

describe('the output', () => {
  it('prints an error with its fields and its hint on stderr, and nothing on stdout', () => {
    const { out, err, output } = makeOutput('table');
    output.error(invalid, { document: true, stack: undefined });
    assert.equal(out.text, '');
    assert.deepEqual(err.text.split('\n'), [
      'error: this cannot be',
      '  title: must not be empty',
      '  due_at: must be a date',
      'hint: Do that.',
      '',
    ]);
  });

  it('prints an error as the one document with --json', () => {
    const { out, output } = makeOutput('json');
    output.error(invalid, { document: true, stack: undefined });
    assert.deepEqual(JSON.parse(out.text), {
      schema_version: 1,
      error: { code: 'validation', message: 'this cannot be', hint: 'Do that.', fields: invalid.fields },
    });
  });

  it('cannot be steered by what an error quotes', () => {
    const { err, output } = makeOutput('table');
    output.error(new DtmError('validation', 'no \u001b[31mred\u001b[0m'), { document: true, stack: undefined });
    assert.ok(!err.text.includes('\u001b'));
  });

  it('announces what it does not show', async () => {
    const { out, err, output } = makeOutput('quiet');
    const listing = {
      kind: 'task',
      rows: ['a', 'b'],
      total: 7,
      columns: [],
      fieldsOf: (id: string) => ({ id }),
      fieldNames: ['id'],
      idOf: (id: string) => id,
      whenEmpty: '',
      moreHint: 'see more with --all',
    };
    await output.list(listing, { source: 'csv', pending: 0 });
    assert.equal(out.text, 'a\nb\n');
    assert.equal(err.text, 'note: showing 2 of 7; see more with --all\n');
  });

  it('guards CSV cells that a spreadsheet would run', async () => {
    const { out, output } = makeOutput('csv');
    const fields = { id: 'T-1', title: '=cmd()', labels: ['a', 'b'], custom: { x: 1 }, due_at: null };
    await output.item({ kind: 'task', id: 'T-1', fields, text: '' }, { source: 'csv', pending: 0 });
    assert.equal(out.text, `id,title,labels,custom,due_at\nT-1,'=cmd(),a;b,"{""x"":1}",\n`);
  });
});

describe('a terminal', () => {
  const judge = (isTTY: boolean, env: Record<string, string>, wants = true) =>
    terminalOf({ isTTY, columns: 0 }, env, 'linux', wants);

  it('has colours unless something forbids them', () => {
    assert.equal(judge(true, {}).colors, true);
    assert.equal(judge(false, {}).colors, false);
    assert.equal(judge(true, { NO_COLOR: '1' }).colors, false);
    assert.equal(judge(true, { TERM: 'dumb' }).colors, false);
    assert.equal(judge(true, {}, false).colors, false);
    assert.equal(judge(false, { FORCE_COLOR: '1' }).colors, true);
    assert.equal(judge(true, { FORCE_COLOR: '0' }).colors, false);
  });

  it('is as wide as it says, else as COLUMNS says, else 80; a pipe has no width', () => {
    assert.equal(terminalOf({ isTTY: true, columns: 132 }, { COLUMNS: '50' }, 'linux').width, 132);
    assert.equal(judge(true, { COLUMNS: '50' }).width, 50);
    assert.equal(judge(true, {}).width, 80);
    assert.equal(judge(false, { COLUMNS: '50' }).width, undefined);
  });

  it('shows … only where the locale is UTF-8', () => {
    assert.equal(judge(true, { LANG: 'de_DE.UTF-8' }).unicode, true);
    assert.equal(judge(true, { LANG: 'C' }).unicode, false);
    assert.equal(judge(true, { LANG: 'de_DE.UTF-8', LC_ALL: 'C' }).unicode, false);
  });
});
