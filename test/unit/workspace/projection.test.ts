import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newEntity } from '../../../src/core/draft.ts';
import { CsvProjection } from '../../../src/workspace/csv/projection.ts';
import { EntityTable } from '../../../src/workspace/entityTable.ts';
import { runProcess } from '../../support/processes.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { openTracker, projectOperation } from '../../support/trackerBench.ts';

const at = '2026-01-01T00:00:00.000Z';
const table = (name: string, count: number): EntityTable => {
  const entities = new EntityTable();
  for (let index = 0; index < count; index++)
    entities.put(newEntity('project', `P-${String(index).padStart(6, '0')}`, { name: `${name} ${index}` }, at, 'ana'));
  return entities;
};

describe('CSV projection', function () {
  this.timeout(30_000);
  const root = useTemporaryFolder('projection');
  const projects = (): string => join(root(), '.dtm', 'projects.csv');
  const projection = (): CsvProjection =>
    new CsvProjection({ folder: root(), stateFolder: root(), ignoredByGit: false, workspaceId: 'W', tracker: 'local' });

  it('keeps what someone saves while it writes', async () => {
    await projection().write(table('first', 10), { force: false });
    const writing = projection().write(table('second', 20_000), { force: false });
    await new Promise((resume) => setTimeout(resume, 60));
    await writeFile(projects(), 'saved meanwhile');
    await writing;
    assert.equal(await readFile(projects(), 'utf8'), 'saved meanwhile');
    const later = projection();
    assert.equal(await later.mayHaveChanged(), true);
    assert.deepEqual(
      (await later.changed()).map((one) => one.kind),
      ['project'],
    );
  });

  it('knows its own file again after it was killed right after the replacement', async () => {
    await projection().write(table('first', 3), { force: false });
    const victim = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const rename = fs.promises.rename;
      fs.promises.rename = async (from, to) => {
        await rename(from, to);
        if (to.endsWith('projects.csv')) process.kill(process.pid, 'SIGKILL');
      };
      syncBuiltinESMExports();
      const { CsvProjection } = await import(${JSON.stringify(new URL('../../../src/workspace/csv/projection.ts', import.meta.url).href)});
      const { EntityTable } = await import(${JSON.stringify(new URL('../../../src/workspace/entityTable.ts', import.meta.url).href)});
      const folder = ${JSON.stringify(root())};
      await new CsvProjection({ folder, stateFolder: folder, ignoredByGit: false, workspaceId: 'W', tracker: 'local' }).write(new EntityTable(), { force: false });
    `;
    const { signal } = await runProcess(process.execPath, ['--input-type=module', '-e', victim]);
    assert.equal(signal, 'SIGKILL');
    assert.equal((await readFile(projects(), 'utf8')).split('\n').length, 2, 'it was replaced');
    const { notices } = await projection().write(table('third', 3), { force: false });
    assert.deepEqual(notices, []);
    assert.match(await readFile(projects(), 'utf8'), /third 2/);
  });

  it('takes an older version of its own for changed outside: somebody put it back', async () => {
    await projection().write(table('first', 3), { force: false });
    const first = await readFile(projects(), 'utf8');
    await projection().write(table('second', 3), { force: false });
    await writeFile(projects(), first);
    await projection().write(table('third', 3), { force: false });
    assert.equal(await readFile(projects(), 'utf8'), first);
  });

  it('writes one after the other, however many ask at once', async () => {
    const tracker = await openTracker(join(root(), 'bench'));
    try {
      const operations = Array.from({ length: 50 }, (_, index) => projectOperation(`p${index}`));
      await tracker.commit(operations);
      await tracker.settle([operations[0]?.opId ?? ''], 5_000);
      await Promise.all(Array.from({ length: 8 }, () => tracker.rewriteCsv()));
      assert.deepEqual(tracker.status.notices, []);
    } finally {
      await tracker.close();
    }
    const text = await readFile(join(root(), 'bench', 'workspace', '.dtm', 'projects.csv'), 'utf8');
    assert.equal(text.trimEnd().split('\n').length, 51);
  });
});
