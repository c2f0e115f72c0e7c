import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { createOperation, updateOperation } from '../../../../src/core/expand.ts';
import type { Operation } from '../../../../src/core/operation.ts';
import type { Task } from '../../../../src/core/task.ts';
import { csvColumns } from '../../../../src/workspace/csv/csvColumns.ts';
import type { Tracker } from '../../../../src/workspace/tracker.ts';
import { useTemporaryFolder } from '../../../support/temporary.ts';
import { author, openTracker, projectOperation, taskOperation } from '../../../support/trackerBench.ts';

describe('edits of the CSV files', function () {
  this.timeout(30_000);
  const root = useTemporaryFolder('outside');
  const path = (name = 'tasks.csv') => join(root(), 'workspace/.dtm', name);
  const read = (name?: string) => readFile(path(name), 'utf8');

  /** A tracker as one command uses it: opened, and closed again. */
  async function using<T>(work: (tracker: Tracker) => T | Promise<T>): Promise<T> {
    const tracker = await openTracker(root());
    try {
      return await work(tracker);
    } finally {
      await tracker.close();
    }
  }

  async function commit(tracker: Tracker, ...operations: Operation[]): Promise<void> {
    await tracker.commit(operations);
    await tracker.settle(
      operations.map(({ opId }) => opId),
      5_000,
    );
  }

  const tasks = (tracker: Tracker): Task[] => [...tracker.visible.all('task')].sort((a, b) => (a.id < b.id ? -1 : 1));
  const titles = (tracker: Tracker): string[] =>
    tasks(tracker)
      .map((task) => task.title)
      .sort();
  const retitle = (task: Task, title: string): Operation => updateOperation(author, 'task', task, { title });

  /** A project with tasks of these titles, written. @returns the tasks by title */
  async function written(...names: string[]): Promise<Record<string, Task>> {
    return using(async (tracker) => {
      const project = projectOperation();
      await commit(tracker, project, ...names.map((name) => taskOperation(project.id, name)));
      return Object.fromEntries(tasks(tracker).map((task) => [task.title, task]));
    });
  }

  const filesIn = async (folder: string) =>
    (await readdir(join(root(), folder))).map((name) => join(root(), folder, name));

  async function edit(change: (text: string) => string, name?: string): Promise<void> {
    const before = await read(name);
    const after = change(before);
    assert.notEqual(after, before, 'the test changes the file');
    await writeFile(path(name), after);
  }

  /** Has the edits taken in. */
  const taken = <T>(work: (tracker: Tracker) => T | Promise<T>): Promise<T> =>
    using(async (tracker) => {
      await tracker.takeInCsv();
      return work(tracker);
    });

  const report = () => taken(({ status }) => status.csv);
  const problems = async () =>
    (await report()).problems.map(({ line, column, message }) => ({ line, column, message }));

  it('become changes, marked as made outside, and the file is written anew', async () => {
    const { a } = await written('a', 'b');
    await edit((text) => text.replace(',a,', ',A better title,').replace(/(T-\w+,.*,b,.*),p2,/, '$1,p0,'));
    await taken((tracker) => {
      assert.deepEqual(titles(tracker), ['A better title', 'b']);
      assert.deepEqual(
        tasks(tracker)
          .map((task) => task.priority)
          .sort(),
        ['p0', 'p2'],
      );
      assert.deepEqual([tracker.status.pending, tracker.stopped()], [0, []]);
    });
    const journal = await Promise.all((await filesIn('state/journal')).map((file) => readFile(file, 'utf8')));
    assert.equal(journal.join('').split('"surface":"outside-edit"').length - 1, 2);
    assert.match(await read(), new RegExp(`${a?.id},.*A better title,.*,2\n`));
    assert.deepEqual(await problems(), []);
  });

  it('take no notice of quotes everywhere, CRLF, a BOM, sorted rows and columns in another order', async () => {
    await using((tracker) => {
      const project = projectOperation();
      return commit(
        tracker,
        project,
        taskOperation(project.id, 'one', { description: 'two\nlines' }),
        taskOperation(project.id, 'two'),
      );
    });
    const before = await read();
    const records = before.trimEnd().split(/\n(?=T-)/);
    const cells = (record: string) =>
      [...record.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/gs)].map((match) => match[1] ?? '').slice(0, 29);
    const quoted = (cell: string) => (cell.startsWith('"') ? cell : `"${cell}"`);
    const rewritten = [records[0] ?? '', ...records.slice(1).reverse()]
      .map((record) => cells(record).reverse().map(quoted).join(','))
      .join('\n')
      .replaceAll('\n', '\r\n');
    await writeFile(path(), `\ufeff${rewritten}\r\n`);
    await taken((tracker) => {
      assert.deepEqual(tracker.status.csv.problems, []);
      assert.deepEqual(tracker.queue(), []);
      assert.equal(tasks(tracker)[0]?.version, 1);
    });
    assert.equal(await read(), before);
  });

  it('keep a column that somebody added, with its cells, also beside rows that are new', async () => {
    await written('a', 'b');
    await edit((text) => {
      const [header, ...rows] = text.trimEnd().split('\n');
      const fresh = `,${rows[0]?.split(',')[1]},,,fresh${','.repeat((header ?? '').split(',').length - 5)}`;
      return `${[`${header},colour`, ...rows.map((row, index) => `${row},c${index}`), `${fresh},red`].join('\n')}\n`;
    });
    await taken((tracker) => assert.deepEqual(titles(tracker), ['a', 'b', 'fresh']));
    const [header = '', ...rows] = (await read()).trimEnd().split('\n');
    assert.match(header, /,colour,version$/);
    assert.deepEqual(rows.map((row) => row.split(',').at(-2)).sort(), ['c0', 'c1', 'red']);
    await using((tracker) => commit(tracker, retitle(tasks(tracker)[0] as Task, 'renamed')));
    assert.match(await read(), /renamed,.*,(c\d|red),2\n/);
  });

  it('create what has no id, once, with the only project where none is named', async () => {
    await written('a');
    await edit((text) => `${text},,,,new from a spreadsheet${','.repeat(24)}\n`);
    const found = await taken((tracker) => titles(tracker));
    assert.deepEqual(found, ['a', 'new from a spreadsheet']);
    const [, , row = ''] = (await read()).split('\n').sort();
    assert.doesNotMatch(await read(), /^,/m);
    assert.ok(row);
    assert.deepEqual(await taken((tracker) => titles(tracker)), found);
  });

  it('create the same task once, though the process died before the file was written', async () => {
    await written('a');
    await edit((text) => `${text},,,,x${','.repeat(24)}\n`);
    const before = await read();
    const saved = join(root(), 'saved');
    await cp(join(root(), 'state/projected'), join(saved, 'projected'), { recursive: true });
    await cp(join(root(), 'state/projection.json'), join(saved, 'projection.json'));
    await taken((tracker) => assert.deepEqual(titles(tracker), ['a', 'x']));
    // The journal has it, and nothing else that came after it.
    await cp(saved, join(root(), 'state'), { recursive: true });
    await writeFile(path(), before);
    await taken((tracker) => assert.deepEqual(titles(tracker), ['a', 'x']));
    assert.doesNotMatch(await read(), /^,/m);
  });

  it('that cannot be taken in are named by line and column; the others are, and the file stays', async () => {
    const { a } = await written('a', 'b', 'c');
    await edit((text) =>
      text
        .replace(/(,a,.*?),new,/, '$1,finished,')
        .replace(',b,', ',B,')
        .replace(/(,c,.*?),p2,/, '$1,urgent,'),
    );
    const kept = await read();
    const found = await problems();
    assert.deepEqual(found.map(({ column }) => column).sort(), ['priority', 'status']);
    const line = kept.split('\n').findIndex((row) => row.startsWith(a?.id ?? '?')) + 1;
    assert.equal(found.find(({ column }) => column === 'status')?.line, line);
    assert.equal(await read(), kept, 'the file is left as it is');
    await taken((tracker) => assert.deepEqual(titles(tracker), ['B', 'a', 'c']));
    await using((tracker) =>
      commit(tracker, retitle(tasks(tracker).find(({ title }) => title === 'B') as Task, 'later')),
    );
    await taken((tracker) => assert.deepEqual(titles(tracker), ['a', 'c', 'later'], 'an edit is not taken in twice'));
    await edit((text) => text.replace(',finished,', ',ready,').replace(',urgent,', ',p1,'));
    assert.deepEqual(await problems(), []);
    assert.match(await read(), /,later,/);
    await using((tracker) =>
      assert.deepEqual(
        tasks(tracker)
          .map(({ status }) => status)
          .sort(),
        ['new', 'new', 'ready'],
      ),
    );
  });

  it('lead along the lifecycle where a status is several steps away', async () => {
    await written('a');
    await edit((text) => text.replace(/(,a,.*?),new,/, '$1,Done,'));
    await taken((tracker) => assert.equal(tasks(tracker)[0]?.status, 'done'));
  });

  it('ask before anything is deleted', async () => {
    const { a } = await written('a', 'b');
    const without = (text: string) =>
      text
        .split('\n')
        .filter((row) => !row.startsWith(a?.id ?? '?'))
        .join('\n');
    await edit(without);
    assert.deepEqual(
      (await report()).missing.map(({ id }) => id),
      [a?.id],
    );
    assert.doesNotMatch(await read(), /,a,/, 'while it is asked nothing is written');
    await taken(async (tracker) => {
      assert.deepEqual(await tracker.answerCsv({ missing: 'keep', of: tracker.status.csv }), []);
      assert.deepEqual(titles(tracker), ['a', 'b']);
    });
    assert.match(await read(), /,a,/);
    await edit(without);
    await taken(async (tracker) => {
      await tracker.answerCsv({ missing: 'delete', of: tracker.status.csv });
      assert.deepEqual(titles(tracker), ['b']);
      assert.deepEqual(tracker.status.csv.missing, []);
    });
  });

  it('do not delete a project that has tasks', async () => {
    await written('a');
    await edit((text) => `${text.split('\n')[0]}\n`, 'projects.csv');
    await taken(async (tracker) => {
      const refused = await tracker.answerCsv({ missing: 'delete', of: tracker.status.csv });
      assert.match(refused[0]?.reason ?? '', /still has 0 sprints and 1 tasks/);
      assert.equal(tracker.visible.count('project'), 1);
    });
    assert.equal((await read('projects.csv')).trimEnd().split('\n').length, 2);
  });

  it('of an older copy are told from the version that it was copied from', async () => {
    await written('a', 'b', 'c');
    const old = await read();
    await using(async (tracker) => {
      const [first, second] = tasks(tracker).sort((x, y) => (x.title < y.title ? -1 : 1));
      await commit(tracker, retitle(first as Task, 'a, newer'), retitle(second as Task, 'b, newer'));
    });
    await using((tracker) => commit(tracker, taskOperation([...tracker.visible.all('project')][0]?.id ?? '', 'd')));
    await writeFile(path(), old.replace(/(,b,.*?),p2,/, '$1,p0,'));
    await taken((tracker) => {
      assert.deepEqual(titles(tracker), ['a, newer', 'b, newer', 'c', 'd']);
      assert.equal(tasks(tracker).find(({ title }) => title === 'b, newer')?.priority, 'p0');
      assert.deepEqual(tracker.status.csv, { problems: [], missing: [], stale: [], untrusted: [] });
    });
    assert.match(await read(), /,d,/);
  });

  it('of an older copy that contradict what came since are a conflict, and nothing is overwritten', async () => {
    await written('a', 'b');
    const old = await read();
    await using((tracker) =>
      commit(tracker, retitle(tasks(tracker).find(({ title }) => title === 'a') as Task, 'mine')),
    );
    await writeFile(path(), old.replace(',a,', ',theirs,'));
    await taken((tracker) => {
      assert.deepEqual(titles(tracker), ['b', 'mine']);
      assert.deepEqual(
        tracker.stopped().map(({ state }) => state),
        ['conflict'],
      );
    });
  });

  it('of a copy that nobody knows any more are asked about, once', async () => {
    const { a } = await written('a', 'b');
    const old = await read();
    await using((tracker) =>
      commit(tracker, retitle(tasks(tracker).find(({ title }) => title === 'a') as Task, 'newer')),
    );
    await rm(join(root(), 'state/projected'), { recursive: true });
    await writeFile(path(), old);
    const stale = (await report()).stale.map(({ id, fields }) => ({ id, fields }));
    assert.deepEqual(stale, [{ id: a?.id, fields: ['title'] }]);
    await taken((tracker) => tracker.answerCsv({ stale: 'discard', of: tracker.status.csv }));
    assert.match(await read(), /,newer,/);
    await rm(join(root(), 'state/projected'), { recursive: true });
    await writeFile(path(), old);
    await taken(async (tracker) => {
      await tracker.answerCsv({ stale: 'take', of: tracker.status.csv });
      assert.deepEqual(titles(tracker), ['a', 'b']);
    });
  });

  it('with an id twice, a broken quote, or merge markers are refused with their lines', async () => {
    const { a, b } = await written('a', 'b');
    await edit((text) => text.replace(b?.id ?? '?', a?.id ?? '?'));
    assert.match((await problems())[0]?.message ?? '', /stands in the lines \d, \d/);
    await using((tracker) => tracker.rewriteCsv());
    await edit((text) => `${text}T-x,"open\n`);
    const [broken] = await problems();
    assert.deepEqual([broken?.line, broken?.message], [4, 'a quote is opened here and never closed']);
    assert.deepEqual((await report()).missing, [], 'what could not be read is not gone');
    await using((tracker) => tracker.rewriteCsv());
    await edit((text) => {
      const rows = text.split('\n');
      return [
        rows[0],
        '<<<<<<< HEAD',
        rows[1],
        '=======',
        rows[1]?.replace(/,[ab],/, ',z,'),
        '>>>>>>> theirs',
        ...rows.slice(2),
      ].join('\n');
    });
    const [marked] = await problems();
    assert.equal(marked?.line, 2);
    assert.match(marked?.message ?? '', /merge conflict/);
    await using((tracker) => assert.deepEqual(titles(tracker), ['a', 'b']));
  });

  it('are none where a file was deleted or emptied: it is written again', async () => {
    await written('a', 'b');
    const before = await read();
    await rm(path());
    await using((tracker) => commit(tracker, projectOperation('other')));
    assert.equal(await read(), before);
    await writeFile(path(), '\ufeff\r\n');
    await using((tracker) => commit(tracker, projectOperation('another')));
    assert.equal(await read(), before);
  });

  it('of a file that is only half there take nothing away', async () => {
    await written('a', 'b', 'c');
    const whole = await read();
    await writeFile(path(), whole.slice(0, whole.length - 40));
    const half = await report();
    assert.equal(half.problems[0]?.line, 4);
    assert.deepEqual(half.missing, []);
    await writeFile(path(), whole);
    await taken((tracker) => assert.deepEqual(titles(tracker), ['a', 'b', 'c']));
  });

  it('that came with a folder are not read before the person trusts it', async () => {
    await written('a', 'b');
    const files = await Promise.all(['projects.csv', 'tasks.csv'].map((name) => read(name)));
    // Another machine: the folder is there, the state is not.
    await rm(join(root(), 'state'), { recursive: true });
    await taken((tracker) => {
      assert.deepEqual(titles(tracker), []);
      assert.equal(tracker.status.csv.untrusted.length, 3);
      assert.equal(tracker.status.notices[0]?.code, 'csv-edit-untrusted');
    });
    assert.deepEqual(await Promise.all(['projects.csv', 'tasks.csv'].map((name) => read(name))), files);
    await using((tracker) => tracker.trustCsv());
    await taken((tracker) => assert.deepEqual(titles(tracker), ['a', 'b']));
    assert.deepEqual(
      await Promise.all(['projects.csv', 'tasks.csv'].map((name) => read(name))),
      files,
      'not one byte changed',
    );
  });

  it('that a colleague committed are taken as they are, version and all', async () => {
    await written('a', 'b');
    const colleague = (await read()).replace(
      /(T-.*),a,(.*),(\d{4}-[^,]*),ana,ana,1\n/,
      '$1,by a colleague,$2,2027-01-01T00:00:00.000Z,ana,bob,4\n',
    );
    assert.match(colleague, /bob,4/);
    await writeFile(path(), colleague);
    await taken((tracker) => {
      const task = tasks(tracker).find(({ title }) => title === 'by a colleague');
      assert.deepEqual([task?.version, task?.updatedBy, task?.updatedAt], [4, 'bob', '2027-01-01T00:00:00.000Z']);
    });
    assert.equal(await read(), colleague);
  });

  it('are seen by a resident within some seconds', async () => {
    await written('a');
    const tracker = await openTracker(root(), { resident: true });
    try {
      await tracker.start();
      await edit((text) => text.replace(',a,', ',seen,'));
      const until = Date.now() + 10_000;
      while (titles(tracker)[0] !== 'seen' && Date.now() < until) await new Promise((resume) => setTimeout(resume, 50));
      assert.deepEqual(titles(tracker), ['seen']);
    } finally {
      await tracker.close();
    }
    assert.match(await read(), /,seen,.*,2\n/);
  });

  it('of what was created elsewhere meanwhile keep a reference to it', async () => {
    await written('a');
    const sprint = createOperation(author, 'sprint', 'S-0000000001', {
      projectId: (await read()).split('\n')[1]?.split(',')[1],
      name: 'Sprint 1',
    });
    await using((tracker) => commit(tracker, sprint));
    await edit((text) => text.replace(/^(T-[^,]*,P-[^,]*),,/m, '$1,S-0000000001,'));
    await taken((tracker) => assert.equal(tasks(tracker)[0]?.sprintId, 'S-0000000001'));
    await edit((text) => text.replace('S-0000000001', 'S-0000000002'));
    assert.match((await problems())[0]?.message ?? '', /S-0000000002/);
  });

  it('undo nothing and lose nothing, whichever copy of the file they are made in', async () => {
    const step = fc.record({
      task: fc.constantFrom('T-A', 'T-B'),
      column: fc.constantFrom('title', 'owner'),
      /** How many versions of the file ago the copy was taken; undefined: the change is made in the tracker. */
      age: fc.option(fc.nat({ max: 4 }), { freq: 2, nil: undefined }),
    });
    const start = { title: 'first', owner: 'nobody' };
    const play = async (steps: readonly { task: string; column: 'title' | 'owner'; age: number | undefined }[]) => {
      await rm(join(root(), 'state'), { recursive: true, force: true });
      await rm(join(root(), 'workspace'), { recursive: true, force: true });
      const copies: string[] = [];
      const seen = new Map<string, Record<string, string>>([
        ['T-A', { ...start }],
        ['T-B', { ...start }],
      ]);
      const contradicted = new Set<string>();
      await using(async (tracker) => {
        const project = projectOperation();
        const create = (id: string) => createOperation(author, 'task', id, { projectId: project.id, ...start });
        await commit(tracker, project, create('T-A'), create('T-B'));
      });
      for (const [index, { task, column, age }] of steps.entries()) {
        copies.unshift(await read());
        const value = `value${index}`;
        const now = seen.get(task) ?? start;
        // What stands still because of a contradiction has its own tests.
        if ([...contradicted].some((one) => one.startsWith(task))) continue;
        if (age === undefined) {
          await using((tracker) => {
            const entity = tracker.visible.get('task', task) as Task;
            return commit(tracker, updateOperation(author, 'task', entity, { [column]: value }));
          });
          now[column] = value;
          continue;
        }
        const copy = copies[Math.min(age, copies.length - 1)] ?? '';
        const place = csvColumns.task.findIndex(({ name }) => name === column);
        const edited = copy.split('\n').map((row) => {
          const cells = row.split(',');
          return row.startsWith(`${task},`) ? cells.with(place, value).join(',') : row;
        });
        const before = copy
          .split('\n')
          .find((row) => row.startsWith(`${task},`))
          ?.split(',')[place];
        await writeFile(path(), edited.join('\n'));
        await taken(() => undefined);
        if (before === now[column]) now[column] = value;
        else contradicted.add(`${task} ${value}`);
      }
      await using((tracker) => {
        for (const [id, expected] of seen) {
          const { title, owner } = tracker.visible.get('task', id) as Task;
          assert.deepEqual({ title, owner }, expected, id);
        }
        const asked = tracker.stopped().flatMap(({ operations }) => operations);
        assert.deepEqual(
          asked.map((one) => `${one.id} ${one.kind === 'update' ? Object.values(one.set)[0]?.to : ''}`).sort(),
          [...contradicted].sort(),
        );
      });
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), play), { numRuns: 25 });
  });

  describe('where the file cannot be written, or is open elsewhere,', () => {
    const fresh = (title: string) => `,,,,${title}${','.repeat(24)}\n`;

    it('are taken in once, and undo nothing that comes after them', async () => {
      await written('a');
      await edit((text) => text.replace(',a,', ',a1,'));
      const open = await read();
      await taken((tracker) => assert.deepEqual(titles(tracker), ['a1']));
      await using((tracker) => commit(tracker, retitle(tasks(tracker)[0] as Task, 'a')));
      // The spreadsheet saves once more what it had.
      await writeFile(path(), open);
      await taken((tracker) => assert.deepEqual([titles(tracker), tracker.stopped()], [['a'], []]));
    });

    it('create one task, however often a spreadsheet that was left open is saved', async () => {
      await written('a');
      await edit((text) => text + fresh('from a spreadsheet'));
      const open = await read();
      for (let save = 0; save < 3; save++) {
        await writeFile(path(), open);
        await taken((tracker) => {
          assert.deepEqual(titles(tracker), ['a', 'from a spreadsheet']);
          assert.deepEqual(tracker.status.csv.missing, []);
        });
      }
      await edit((text) => text + fresh('from a spreadsheet'));
      await taken((tracker) => assert.equal(tasks(tracker).length, 3, 'the same again beside it is another one'));
    });

    it('create none of several new rows while one of them is wrong', async () => {
      await written('a');
      await edit((text) => `${text}${fresh('good')},,,,bad,,nope${','.repeat(22)}\n`);
      await taken((tracker) => assert.deepEqual(titles(tracker), ['a']));
      await edit((text) => text.replace(',nope,', ',ready,').replace(',good,', ',better,'));
      await taken((tracker) => assert.deepEqual(titles(tracker), ['a', 'bad', 'better']));
    });

    it('know a new row with an id of its own again, although the file stays', async () => {
      const { a } = await written('a');
      const own = `T-OWN0000001,${a?.projectId},,,mine${','.repeat(24)}\n`;
      await edit((text) => text.replace(/(,a,.*?),p2,/, '$1,urgent,') + own);
      await taken((tracker) => assert.deepEqual(titles(tracker), ['a', 'mine']));
      await edit((text) => text.replace(',mine,', ',mine edited,'));
      await taken((tracker) => assert.deepEqual(titles(tracker), ['a', 'mine edited']));
      await edit((text) => text.replace(',urgent,', ',p1,'));
      assert.deepEqual(await problems(), []);
    });
  });

  it('are decided as they were shown, and no further', async () => {
    await written('a', 'b');
    const without = (title: string) => edit((text) => text.replace(new RegExp(`^T-.*,${title},.*\n`, 'm'), ''));
    await without('a');
    await taken(async (tracker) => {
      const shown = tracker.status.csv;
      await without('b');
      await tracker.answerCsv({ missing: 'delete', of: shown });
      assert.deepEqual(titles(tracker), ['b']);
      assert.equal(tracker.status.csv.missing.length, 1, 'of what came since it is asked');
    });
  });

  it('of the version alone are none', async () => {
    await written('a');
    await edit((text) => text.replace(/,1\n$/, ',99\n').replace(',new,', ',ready,'));
    await taken((tracker) => assert.deepEqual([tasks(tracker)[0]?.version, tasks(tracker)[0]?.status], [2, 'ready']));
  });

  it('in another encoding, with other separators, or with an id filled down are explained, and change nothing', async () => {
    await written('Größe', 'b');
    const whole = await read();
    await writeFile(path(), Buffer.from(whole.replace(',b,', ',c,'), 'latin1'));
    assert.match((await problems())[0]?.message ?? '', /not written in UTF-8/);
    await writeFile(path(), whole.replaceAll(',', ';'));
    assert.match((await problems())[0]?.message ?? '', /separated by semicolons/);
    const [header = '', row = ''] = whole.split('\n');
    const filled = Array.from({ length: 20_000 }, (_, index) =>
      row.replace('Größe', `t${index}`).replace(',b,', `,t${index},`),
    );
    await writeFile(path(), [header, ...filled, ''].join('\n'));
    const found = await problems();
    assert.equal(found.length, 1);
    assert.match(found[0]?.message ?? '', /and \d+ more/);
    await taken((tracker) => assert.deepEqual(titles(tracker), ['Größe', 'b'].sort()));
  });

  it('with capitals in the header, blank rows, and line ends of both kinds are read', async () => {
    await written('a', 'b');
    await edit((text) => {
      const [header = '', first = '', second = ''] = text.split('\n');
      const blank = ','.repeat(28);
      return `${header.toUpperCase()}\r\n${first.replace(',a,', ',A,')}\r\n${second.replace(',b,', ',B,')}\n${blank}\n \n`
        .replace(',a,', ',A,')
        .replace(',b,', ',B,');
    });
    await taken((tracker) => {
      assert.deepEqual(tracker.status.csv.problems, []);
      assert.deepEqual(titles(tracker), ['A', 'B']);
    });
  });

  it('are not looked for in what is no ordinary file', async () => {
    await written('a');
    await rm(path());
    await symlink('/dev/zero', path());
    await taken((tracker) => {
      assert.deepEqual(titles(tracker), ['a']);
      assert.match(tracker.status.notices[0]?.message ?? '', /no ordinary file/);
    });
  });
});
