import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import Papa from 'papaparse';
import { newEntity } from '../../../../src/core/draft.ts';
import type { Task } from '../../../../src/core/task.ts';
import { isStorableText } from '../../../../src/core/text.ts';
import { decodeCell, encodeCell } from '../../../../src/workspace/csv/csvCell.ts';
import { csvChunks } from '../../../../src/workspace/csv/csvTable.ts';
import { readOutsideTable } from '../../../../src/workspace/csv/outsideTable.ts';
import { wholeEntity } from '../../../../src/workspace/csv/rowCells.ts';
import { runProcess } from '../../../support/processes.ts';
import { useTemporaryFolder } from '../../../support/temporary.ts';

const at = '2026-01-02T03:04:05.678Z';
const nasty = fc.constantFrom(
  '',
  "'",
  "''",
  '=1+1',
  '-x',
  '@a',
  '+',
  '\t',
  '\r',
  '\r\n',
  '\n',
  '"',
  '""',
  ',',
  ';',
  '\\',
  '\\;',
  '🙂',
  'שלום',
  '\u2028',
  ' a ',
  '﻿x',
);
const text = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 60 })).filter(isStorableText);
const word = text.filter((value) => value.length > 0 && value.length <= 200);

const task: fc.Arbitrary<Task> = fc
  .record({
    title: text.filter((value) => value.trim() !== '' && value.length <= 500),
    description: text,
    owner: fc.option(text, { nil: null }),
    labels: fc.array(word, { maxLength: 4 }),
    estimatePoints: fc.option(fc.double({ min: 0, max: 1_000_000, noNaN: true }), { nil: null }),
    acceptanceCriteria: fc.array(fc.record({ id: word.filter((id) => id.length <= 64), text, done: fc.boolean() }), {
      maxLength: 2,
    }),
    custom: fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 2 }),
  })
  .map((draft) => newEntity('task', 'T-0000000001', { projectId: 'P-0000000001', ...draft }, at, 'ana'));

/** The tasks of a text, as they are read back. */
async function read(text: string): Promise<Task[]> {
  const table = await readOutsideTable('task', Buffer.from(text));
  assert.deepEqual(table.problems, []);
  return table.rows.map((row) => wholeEntity('task', table, row) as Task);
}

const write = (tasks: readonly Task[]): string => [...csvChunks('task', tasks)].join('');

describe('CSV table', () => {
  const folder = useTemporaryFolder('csv-table');

  it('round-trips every task exactly, whatever people write into it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(task, { maxLength: 3 }), async (tasks) => {
        const distinct = tasks.map((one, index) => ({ ...one, id: `T-${index}` }));
        const found = await read(write(distinct));
        // JSON.parse makes -0 of "-0", CSV text makes 0 of it: they are the same number to people.
        assert.deepEqual(JSON.parse(JSON.stringify(found)), JSON.parse(JSON.stringify(distinct)));
      }),
      { numRuns: 400 },
    );
  });

  it('writes byte for byte what it read', async () => {
    await fc.assert(
      fc.asyncProperty(task, async (one) => {
        const written = write([one]);
        assert.equal(write(await read(written)), written);
      }),
    );
  });

  it('says the same to another reader of CSV, cell by cell', () => {
    const longest = 'ж"\n'.repeat(25_000);
    const check = (one: Task) => {
      const { data, errors } = Papa.parse<string[]>(write([one]), { delimiter: ',' });
      assert.deepEqual(errors, []);
      const [header = [], cells = []] = data;
      const cell = (name: string) => cells[header.indexOf(name)] ?? assert.fail(name);
      assert.equal(cells.length, header.length);
      assert.equal(cell('title'), encodeCell('text', one.title));
      assert.equal(decodeCell('text', cell('description')) ?? '', one.description);
      assert.deepEqual(decodeCell('words', cell('labels')), one.labels);
    };
    fc.assert(fc.property(task, check), { numRuns: 400 });
    check(newEntity('task', 'T-1', { projectId: 'P-1', title: 'x', description: longest }, at, 'ana'));
  });

  it('says the same to the csv module of Python, cell by cell', async function () {
    const python = await runProcess('python3', ['--version']).catch(() => undefined);
    if (python?.code !== 0) {
      console.log('      skipped: there is no python3 on this machine');
      this.skip();
    }
    const tasks = fc.sample(task, { numRuns: 200, seed: 1 }).map((one, index) => ({ ...one, id: `T-${index}` }));
    const path = join(folder(), 'tasks.csv');
    await writeFile(path, write(tasks));
    const script =
      'import csv,json,sys; csv.field_size_limit(10**9); sys.stdout.reconfigure(encoding="ascii"); ' +
      'print(json.dumps(list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))))';
    const { stdout, stderr } = await runProcess('python3', ['-c', script, path]);
    assert.equal(stderr, '');
    const rows = new Map((JSON.parse(stdout) as Record<string, string>[]).map((row) => [row.id, row]));
    for (const one of tasks) {
      assert.equal(rows.get(one.id)?.title, encodeCell('text', one.title));
      assert.equal(rows.get(one.id)?.description, encodeCell('text', one.description));
      assert.equal(rows.get(one.id)?.labels, encodeCell('words', one.labels));
    }
  });

  it('never begins a cell with what a spreadsheet would run', () => {
    for (const value of ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', "'x"]) {
      assert.equal(encodeCell('text', value), `'${value}`);
      assert.equal(decodeCell('text', `'${value}`), value);
    }
    assert.match(encodeCell('words', ['=cmd()']), /^'/);
  });

  it('tells null from the empty string', () => {
    assert.equal(encodeCell('text', null), '');
    assert.equal(encodeCell('text', ''), "'");
    assert.equal(decodeCell('text', ''), null);
    assert.equal(decodeCell('text', "'"), '');
  });

  it('reads a BOM, CRLF, columns in another order and unknown columns', async () => {
    const [header = '', row = ''] = write([
      newEntity('task', 'T-1', { projectId: 'P-1', title: 'x' }, at, 'ana'),
    ]).split('\n');
    const moved = (line: string, extra: string) => [extra, ...line.split(',').reverse()].join(',');
    const file = `\ufeff${moved(header, 'colour')}\r\n${moved(row, 'red')}\r\n`;
    assert.equal((await read(file))[0]?.title, 'x');
  });

  it('names the line of a broken quote, and reads on behind it', async () => {
    const good = newEntity('task', 'T-1', { projectId: 'P-1', title: 'two\nlines' }, at, 'ana');
    const [header = '', ...rows] = write([good, { ...good, id: 'T-3' }]).split(/^(?=T-)/m);
    const table = await readOutsideTable('task', Buffer.from(`${header}${rows[0]}T-2,"half\n${rows[1]}`));
    assert.deepEqual(
      table.problems.map(({ line, severity }) => ({ line, severity })),
      [{ line: 4, severity: 'error' }],
    );
    assert.deepEqual(
      table.rows.map(({ id, line }) => ({ id, line })),
      [
        { id: 'T-1', line: 2 },
        { id: 'T-3', line: 5 },
      ],
    );
    assert.equal(table.isWhole, false);
  });

  it('changes one line when one of many tasks changes', () => {
    const tasks = Array.from({ length: 10_000 }, (_, index) =>
      newEntity('task', `T-${String(index).padStart(5, '0')}`, { projectId: 'P-1', title: `t${index}` }, at, 'ana'),
    );
    const before = write(tasks).split('\n');
    const after = write(tasks.map((one) => (one.id === 'T-00500' ? { ...one, title: 'new', version: 2 } : one))).split(
      '\n',
    );
    assert.equal(after.filter((line, index) => line !== before[index]).length, 1);
  });
});
