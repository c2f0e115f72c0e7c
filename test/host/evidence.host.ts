import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Uri } from 'vscode';
import { evidenceCommands } from '../../src/extension/evidence/evidenceCommands.ts';
import { HistoryDocuments } from '../../src/extension/evidence/historyDocuments.ts';
import { entityNode } from '../../src/extension/views/treeNode.ts';
import { type HostBench, useHostBench } from './support/hostBench.ts';

async function plant({ app }: HostBench): Promise<string> {
  const { entity: project } = await app.tracker.create('project', { name: 'Website' });
  const { entity: task } = await app.tracker.create('task', { title: 'Fix it', projectId: project?.id ?? '' });
  const id = task?.id ?? '';
  await app.tracker.update('task', id, { title: 'Fix it well' });
  return id;
}

export function evidenceSuite(): void {
  describe('what is recorded', () => {
    const bench = useHostBench();
    const run = (show: (about: string | undefined) => Promise<void> = async () => undefined) =>
      evidenceCommands({ ...bench().context, histories: { show } });

    it('is shown as history, of one thing or of all', async () => {
      const id = await plant(bench());
      const asked: (string | undefined)[] = [];
      const commands = run(async (about) => void asked.push(about));
      await commands['dtm.showHistory'](entityNode('task', id));
      await commands['dtm.showHistory']();
      assert.deepEqual(asked, [id, undefined]);
      const histories = new HistoryDocuments(bench().host);
      try {
        const of = (query: string) =>
          histories.provideTextDocumentContent(Uri.from({ scheme: 'dtm-history', path: '/History', query }));
        const own = await of(id);
        assert.match(own, /update task T-\w+: acknowledged {2}\(extension\)/);
        assert.match(own, /title: "Fix it" → "Fix it well"/);
        assert.doesNotMatch(own, /project P-/);
        assert.match(await of(''), /create project P-\w+: intent/);
      } finally {
        histories.dispose();
      }
    });

    it('is verified, and a line that was changed is named', async () => {
      await plant(bench());
      await run()['dtm.verifyEvidence']();
      assert.match(bench().person.told.join(), /holds: \d+ records were verified/);
      const folder = join(bench().app.stateFolder, 'evidence');
      const [name = ''] = (await readdir(folder)).filter((file) => file.endsWith('.jsonl'));
      const text = await readFile(join(folder, name), 'utf8');
      await writeFile(join(folder, name), text.replace('"Website"', '"Webshop"'));
      await run()['dtm.verifyEvidence']();
      assert.match(bench().person.told.join(), /does not hold\. \d{4}-\d\d\.jsonl, line 1: /);
    });
  });
}
