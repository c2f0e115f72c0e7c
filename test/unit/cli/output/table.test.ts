import assert from 'node:assert/strict';
import { colorsFor } from '../../../../src/cli/output/colors.ts';
import { oneLine, shortened, widthOf } from '../../../../src/cli/output/plainText.ts';
import { type Column, renderTable } from '../../../../src/cli/output/table.ts';

interface Row {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly due: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'ID', value: (row) => row.id },
  { title: 'TITLE', value: (row) => row.title, whenNarrow: 'shrink' },
  { title: 'STATUS', value: (row) => row.status },
  { title: 'DUE', value: (row) => row.due, whenNarrow: 'omit' },
];
const rows: readonly Row[] = [
  {
    id: 'T-7ZK3M9Q0AB',
    title: '日本語の題名はとても長いので切り詰められるはずです、きっと',
    status: 'in_progress',
    due: '2030-01-31',
  },
  {
    id: 'T-7ZK3M9Q0AC',
    title: 'Family 👨‍👩‍👧‍👦 picnic with flags 🇩🇪🇫🇷 and a very long list of things',
    status: 'new',
    due: '',
  },
  { id: 'T-7ZK3M9Q0AD', title: 'short', status: 'done', due: '' },
];
const layout = { ellipsis: '…', colors: colorsFor(false) };
const render = (width: number | undefined) => renderTable(rows, columns, { ...layout, width });

describe('a table', () => {
  for (const width of [80, 40]) {
    it(`is never wider than a terminal of ${width} columns, with wide characters in it`, () => {
      const { lines, shortened: isShortened } = render(width);
      for (const line of lines) assert.ok(widthOf(line) <= width, `${widthOf(line)} columns: ${line}`);
      assert.equal(isShortened, true);
      assert.ok(lines.some((line) => line.includes('…')));
      for (const { id } of rows)
        assert.ok(
          lines.some((line) => line.startsWith(id)),
          `${id} is cut`,
        );
    });
  }

  it('puts the columns below each other whatever the width of the characters', () => {
    const { lines } = render(80);
    const starts = lines.map((line) => widthOf(line.slice(0, line.search(/STATUS|in_progress|new|done/))));
    assert.equal(new Set(starts).size, 1, lines.join('\n'));
  });

  it('names the columns that it left out', () => {
    assert.deepEqual(render(40).omitted, ['DUE']);
    assert.deepEqual(render(80).omitted, []);
  });

  it('shortens nothing where there is no terminal', () => {
    const { lines, shortened: isShortened } = render(undefined);
    assert.equal(isShortened, false);
    for (const { title } of rows) assert.ok(lines.some((line) => line.includes(title)));
  });

  it('stays within the terminal even where whole columns cannot fit', () => {
    for (const line of render(20).lines) assert.ok(widthOf(line) <= 20, line);
  });

  it('lays out ten thousand rows with the same columns', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ ...rows[2]!, id: `T-${String(i).padStart(10, '0')}` }));
    const { lines } = renderTable(many, columns, { ...layout, width: 80 });
    assert.equal(lines.length, 10_001);
    assert.equal(lines[10_000], 'T-0000009999  short  done');
  });
});

describe('text for the terminal', () => {
  it('cannot steer it', () => {
    assert.equal(oneLine('a\u001b[2Jb\u009bc\u202ed\u0007'), 'a\ufffd[2Jb\ufffdc\ufffdd\ufffd');
    assert.equal(oneLine('two\r\nlines\tand tabs'), 'two lines and tabs');
  });

  it('is cut between characters as people see them', () => {
    assert.equal(shortened('👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 5, '…'), '👨‍👩‍👧‍👦👨‍👩‍👧‍👦…');
    assert.equal(shortened('日本語', 4, '…'), '日…');
    assert.equal(shortened('fits', 4, '…'), 'fits');
    assert.equal(shortened('ascii only', 8, '...'), 'ascii...');
  });
});
