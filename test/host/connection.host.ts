import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extensions } from 'vscode';
import { createCommands } from '../../src/extension/commands/createCommands.ts';
import { connectionCommands } from '../../src/extension/connection/connectionCommands.ts';
import { statusLook } from '../../src/extension/connection/connectionText.ts';
import { statusHover } from '../../src/extension/connection/statusHover.ts';
import { syncCommands } from '../../src/extension/connection/syncCommands.ts';
import { LocalServer } from '../../src/extension/server/localServer.ts';
import { serverCommands } from '../../src/extension/server/serverCommands.ts';
import { freePort } from '../support/freePort.ts';
import { useHostBench } from './support/hostBench.ts';
import { startTaskmanProcess } from './support/taskmanProcess.ts';

export function connectionSuite(): void {
  describe('the connection', function () {
    this.timeout(60_000);
    const bench = useHostBench();
    let server: LocalServer;
    let port: number;

    beforeEach(async () => {
      port = await freePort();
      const script = join(extensions.getExtension('dtm.dtm-vscode')?.extensionPath ?? '', 'dist/server.mjs');
      const environment = { ...process.env, DTM_STATE_HOME: bench().stateHome, DTM_LOG_LEVEL: 'warn' };
      server = new LocalServer({ script, environment, logger: bench().log });
    });
    afterEach(() => server.close());

    const settings = () => ({ serverUrl: `http://127.0.0.1:${port}`, serverPort: port });
    const commands = () => ({
      ...serverCommands({ ...bench(), host: bench().host, server, settings }),
      ...connectionCommands({ host: bench().host, person: bench().person, settings }),
      ...syncCommands(bench()),
    });
    const look = () => statusLook(bench().host.state);

    it('begins on this machine only', () => {
      assert.deepEqual(look(), { text: '$(database) DTM', words: 'only on this machine', urgency: 'none' });
    });

    it('starts a local server, signs in to it by itself, asks once, and brings over what is there', async () => {
      await bench().app.tracker.create('project', { name: 'Website' });
      bench().person.will({ pick: 'Connect' });
      await commands()['dtm.startServer']();
      assert.match(bench().person.asked.join(), /admin\n.*1 project, 0 sprints, 0 tasks/);
      assert.equal(look().text, '$(pass) DTM');
      assert.equal(bench().app.tracker.count('project'), 1);
    });

    it('says so when the server goes, keeps what is written, and sends it when the server is back', async () => {
      bench().person.will({ pick: 'Connect' });
      await commands()['dtm.startServer']();
      await commands()['dtm.stopServer']();
      assert.equal(look().text, '$(dtm-cloud-offline) DTM');
      const { arrival } = await bench().app.tracker.create('project', { name: 'Offline' });
      assert.equal(arrival, 'queued');
      assert.equal(look().text, '$(dtm-cloud-offline) DTM 1');
      await bench().guard('sync', () => commands()['dtm.syncNow']());
      assert.match(bench().person.told.join(), /cannot be reached/);
      await commands()['dtm.startServer']();
      assert.equal(look().text, '$(pass) DTM');
      assert.deepEqual(bench().app.queue(), []);
    });

    it('connects to TaskMan-v2 under a name, says what it cannot do, and offers no signing out', async () => {
      const taskman = await startTaskmanProcess();
      try {
        bench().person.will(taskman.origin, 'Ana A.', { pick: 'Connect' });
        await commands()['dtm.connect']();
        const question = bench().person.asked.at(-1) ?? '';
        assert.match(
          question,
          /This is TaskMan-v2 0\.1\.0\..*Nobody signs in.*for each task: .*Due.*Account: Ana A\./s,
        );
        const { arrival } = await bench().app.tracker.create('project', { name: 'Website' });
        assert.equal(arrival, 'acknowledged');
        await bench().app.syncNow();
        assert.equal(look().text, '$(pass) DTM');
        const hover = statusHover(bench().host.state, false);
        assert.match(hover.value, /\| Kind \| TaskMan/);
        assert.doesNotMatch(hover.value, /command:dtm\.(signOut|rewriteCsv)/);

        await bench().app.tracker.create('project', { name: 'Other' });
        bench().person.will({ pick: 'Website' });
        await commands()['dtm.chooseProjects']();
        assert.equal(bench().app.tracker.count('project'), 1);
        assert.match(statusHover(bench().host.state, false).value, /\| Limited to \| 1 project/);
        bench().person.will('Third', '');
        await createCommands(bench().context)['dtm.createProject']();
        assert.match(bench().person.told.at(-1) ?? '', /was added to the projects/);
        assert.equal(bench().app.tracker.count('project'), 2);
        bench().person.pickMany = async () => [];
        await commands()['dtm.chooseProjects']();
        assert.equal(bench().app.tracker.count('project'), 3);
      } finally {
        taskman.stop();
      }
    });

    it('goes back to an earlier connection as it was left, and copies from one to the other once', async () => {
      const taskman = await startTaskmanProcess();
      try {
        const { person, app } = bench();
        await app.tracker.create('project', { name: 'Only here' });
        person.will(taskman.origin, 'Ana', { pick: 'Connect' });
        await commands()['dtm.connect']();
        await app.tracker.create('sprint', { projectId: (await firstProject()).id, name: 'S', pendingReason: 'later' });
        person.will(taskman.origin, 'Bob', { pick: 'Connect' });
        await commands()['dtm.connect']();
        assert.match(person.asked.at(-1) ?? '', /Account: Bob.*is set aside and comes back when you connect to it/s);
        taskman.stop();
        await app.tracker.create('project', { name: 'Of Bob' });

        person.will({ pick: taskman.origin }, { pick: 'Connect' });
        await commands()['dtm.connect']();
        assert.match(person.asked.at(-1) ?? '', /again\? Account: Ana\n.*is set aside.* 1 change was not sent yet/s);
        assert.equal(app.binding.current?.account, 'Ana');
        assert.deepEqual([app.queue().length, app.tracker.count('sprint')], [0, 1]);

        person.will({ pick: taskman.origin }, { pick: 'Copy' });
        await commands()['dtm.copyFrom']();
        assert.match(person.asked.at(-1) ?? '', /Copy from \S+ \(Bob\)\? Created here: 1 project, 0 sprints, 0 tasks/);
        person.will({ pick: taskman.origin });
        await commands()['dtm.copyFrom']();
        assert.match(person.told.at(-1) ?? '', /is here already/);
        assert.equal(app.tracker.count('project'), 2);
      } finally {
        taskman.stop();
      }
    });

    async function firstProject() {
      const [project] = bench().app.tracker.list('project', { filter: {}, sort: [], limit: 1, offset: 0 }).items;
      return project ?? assert.fail('no project');
    }

    it('offers in the hover what makes sense, and asks before it disconnects', async () => {
      bench().person.will({ pick: 'Connect' });
      await commands()['dtm.startServer']();
      const hover = statusHover(bench().host.state, server.isRunning);
      assert.match(hover.value, /command:dtm\.signOut/);
      assert.deepEqual(typeof hover.isTrusted, 'object');
      const { 'dtm.disconnect': disconnect } = commands();
      bench().person.will('Escape');
      await bench().guard('disconnect', disconnect);
      assert.match(bench().person.asked.at(-1) ?? '', /Disconnect this workspace/);
      assert.ok(bench().app.binding.current);
      bench().person.will({ pick: 'Disconnect' });
      await disconnect();
      assert.equal(look().text, '$(database) DTM');
    });

    it('takes the next port where another program has it, and says so', async () => {
      const { createServer } = await import('node:net');
      const other = createServer().listen(port, '127.0.0.1');
      bench().person.will({ pick: 'Connect' });
      await commands()['dtm.startServer']();
      other.close();
      assert.match(bench().person.told.join(), new RegExp(`Port ${port} is taken`));
      assert.notEqual(bench().app.binding.current?.origin, `http://127.0.0.1:${port}`);
    });

    /** A server that does not know who sits at this machine: it has a state folder of its own. */
    async function withForeignServer(work: () => Promise<void>): Promise<void> {
      const environment = {
        ...process.env,
        DTM_STATE_HOME: `${bench().stateHome}-other`,
        DTM_ADMIN_PASSWORD: 'open sesame',
      };
      const script = join(extensions.getExtension('dtm.dtm-vscode')?.extensionPath ?? '', 'dist/server.mjs');
      const foreign = new LocalServer({ script, environment, logger: bench().log });
      try {
        await foreign.start(port);
        await work();
      } finally {
        await foreign.close();
      }
    }

    it('keeps asking while the password is wrong, and then signs in', () =>
      withForeignServer(async () => {
        bench().person.will('admin', 'wrong password', 'open sesame', { pick: 'Connect' });
        await commands()['dtm.signIn']();
        assert.equal(bench().person.told.length, 1);
        assert.equal(look().text, '$(pass) DTM');
        assert.doesNotMatch(bench().logged.join(), /open sesame|wrong password/);
      }));

    it('imports the files of an older tracker, after saying what that means', async () => {
      const rows = ['id,title,status,project_id', 'T-1,One,planned,P-1', ',Nameless,planned,P-1'];
      await mkdir(join(bench().folder, 'old'));
      await writeFile(join(bench().folder, 'old/tasks.csv'), rows.join('\n'));
      bench().person.will('old', { pick: 'Import' });
      await commands()['dtm.importFrom']();
      const question = bench().person.asked.at(-1) ?? '';
      assert.match(question, /CSV files of an older tracker.*1 project, 0 sprints, 1 task.*tasks\.csv:3, id: the row/s);
      assert.match(
        question,
        /tasks\.csv, rows: 2\. 1 to create, 1 skipped\n.*Project P-1 has no row and will be made/s,
      );
      assert.equal(bench().app.tracker.get('task', 'T-1')?.title, 'One');
      bench().person.will('nowhere');
      await bench().guard('importFrom', commands()['dtm.importFrom']);
      assert.match(bench().person.told.join(), /There is no tasks\.csv|there is no tasks\.csv/);
    });

    it('signs out everywhere, but only after a yes', () =>
      withForeignServer(async () => {
        bench().person.will('admin', 'open sesame', { pick: 'Connect' });
        await commands()['dtm.signIn']();
        bench().person.will('Escape');
        await bench().guard('signOutEverywhere', commands()['dtm.signOutEverywhere']);
        assert.match(bench().person.asked.at(-1) ?? '', /Sign admin out of .+ on every machine\?/);
        assert.equal(look().text, '$(pass) DTM');
        bench().person.will({ pick: 'Sign Out Everywhere' });
        await commands()['dtm.signOutEverywhere']();
        assert.equal(look().text, '$(key) DTM');
      }));
  });
}
