import assert from 'node:assert/strict';
import { ConfigurationTarget, workspace } from 'vscode';
import { createCommands } from '../../src/extension/commands/createCommands.ts';
import { statusCommands } from '../../src/extension/commands/statusCommands.ts';
import { readGates } from '../../src/extension/settings.ts';
import { everything } from '../../src/extension/views/everything.ts';
import { entityNode } from '../../src/extension/views/treeNode.ts';
import { type HostBench, useHostBench } from './support/hostBench.ts';

const tasks = ({ app }: HostBench) => everything(app.tracker, 'task');

/** What a notification's button starts goes on after the command; mocha's own limit ends the waiting. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

export function gatesSuite(): void {
  describe('the quality gates', () => {
    const bench = useHostBench();

    async function set(name: string, value: unknown): Promise<void> {
      await workspace.getConfiguration().update(`dtm.gates.${name}`, value, ConfigurationTarget.Global);
    }
    async function plant() {
      const { tracker } = bench().app;
      const { entity: project } = await tracker.create('project', { name: 'Website' });
      const projectId = project?.id ?? '';
      const { entity } = await tracker.create('task', { projectId, title: 'Fix the login page', owner: 'ana' });
      return { projectId, task: entity?.id ?? '' };
    }
    const createIn = (projectId: string) =>
      createCommands(bench().context)['dtm.createTask'](entityNode('project', projectId));

    afterEach(async () => {
      for (const name of ['duplicate-title', 'wip-limit', 'mostInProgress']) await set(name, undefined);
    });

    it('are set in the settings', async () => {
      await set('duplicate-title', 'off');
      await set('wip-limit', 'block');
      await set('mostInProgress', 0);
      const { modes, wipLimit } = readGates();
      assert.deepEqual([modes['duplicate-title'], modes['wip-limit'], wipLimit], ['off', 'block', 0]);
      assert.deepEqual([modes.schema, modes['ownerless-p0']], ['block', 'warn']);
    });

    it('say in one line what they object to, after it was done', async () => {
      const { projectId } = await plant();
      bench().person.will('login page: FIX');
      await createIn(projectId);
      assert.equal(tasks(bench()).length, 2);
      assert.match(bench().person.told.join('\n'), /^\$\(warning\) T-\S+ says nearly the same as T-\S+ .*$/);
      assert.equal(bench().revealed.length, 1);
    });

    it('stop what they are set to block, and let it through for a reason', async () => {
      await set('duplicate-title', 'block');
      const { projectId } = await plant();
      const { person } = bench();
      person.will('Fix login page');
      await createIn(projectId);
      assert.match(
        person.told.join('\n'),
        /^Stopped by the gate duplicate-title: .*give a reason to go on all the same\.$/,
      );
      assert.deepEqual([tasks(bench()).length, bench().revealed], [1, []]);

      person.nextAction = 'Give a Reason…';
      person.will('Fix login page', ' ', 'The other one is closed');
      await createIn(projectId);
      await until(() => bench().revealed.length === 1);
      assert.deepEqual([tasks(bench()).length, person.leftover], [2, []]);
      assert.equal(person.asked.at(-1), 'Why? The reason is kept with the change.');
    });

    it('leave it at that where no reason is given', async () => {
      await set('wip-limit', 'block');
      await set('mostInProgress', 1);
      const { projectId, task } = await plant();
      const other = await bench().app.tracker.create('task', { projectId, title: 'Other', owner: 'ana' });
      const start = statusCommands(bench().context)['dtm.start'];
      await start(entityNode('task', task));
      const { person } = bench();
      person.nextAction = 'Give a Reason…';
      person.will('Escape');
      await start(entityNode('task', other.entity?.id ?? ''));
      await until(() => person.leftover.length === 0);
      assert.match(person.told.join('\n'), /ana would have 2 tasks in progress; the limit is 1/);
      assert.equal(bench().app.tracker.get('task', other.entity?.id ?? '')?.status, 'new');
      assert.deepEqual(
        bench().logged.filter((line) => line.startsWith('command.failed')),
        [],
      );
    });
  });
}
