import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { extensions, type TabInputTextDiff, window } from 'vscode';
import { createApp } from '../../src/app/createApp.ts';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import type { Draft } from '../../src/core/draft.ts';
import { statusLook } from '../../src/extension/connection/connectionText.ts';
import { statusHover } from '../../src/extension/connection/statusHover.ts';
import { LocalServer } from '../../src/extension/server/localServer.ts';
import { stoppedCommands } from '../../src/extension/stopped/decide.ts';
import { SyncContents } from '../../src/extension/stopped/syncContents.ts';
import type { SyncNode } from '../../src/extension/stopped/syncNode.ts';
import { SyncTree } from '../../src/extension/stopped/syncView.ts';
import { VersionDocuments } from '../../src/extension/stopped/versionDocuments.ts';
import { faults } from '../support/faultProxy/fault.ts';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { freePort } from '../support/freePort.ts';
import { useHostBench } from './support/hostBench.ts';

const password = 'open sesame';

export function stoppedSuite(): void {
  describe('what the server did not take', function () {
    this.timeout(60_000);
    const bench = useHostBench();
    let server: LocalServer;
    let proxy: FaultProxy;
    let colleague: DtmApp;
    let documents: VersionDocuments;
    let id: string;

    beforeEach(async () => {
      const { stateHome, log, host } = bench();
      const environment = { ...process.env, DTM_STATE_HOME: `${stateHome}-server`, DTM_ADMIN_PASSWORD: password };
      const script = join(extensions.getExtension('dtm.dtm-vscode')?.extensionPath ?? '', 'dist/server.mjs');
      server = new LocalServer({ script, environment, logger: log });
      documents = new VersionDocuments(host);
      const port = await freePort();
      await server.start(port);
      proxy = await startFaultProxy(port);
      colleague = await openColleague();
      await bind(colleague, `http://127.0.0.1:${port}`);
      await bind(bench().app, proxy.url);
      const { entity: project } = await colleague.tracker.create('project', { name: 'Website' });
      const { entity: task } = await colleague.tracker.create('task', { title: 'seen', projectId: project?.id });
      id = task?.id ?? '';
      await bench().app.syncNow();
    });
    afterEach(async () => {
      documents.dispose();
      await colleague.close();
      await proxy.close();
      await server.close();
    });

    function openColleague(): Promise<DtmApp> {
      const { stateHome, log } = bench();
      const tokens = new Map<string, string>();
      return createApp({
        folder: undefined,
        surface: 'extension',
        resident: false,
        surroundings: {
          env: { DTM_STATE_HOME: `${stateHome}-colleague` },
          platform: process.platform,
          home: homedir(),
        },
        tokens: {
          get: async (key) => tokens.get(key),
          set: async (key, value) => void tokens.set(key, value),
          delete: async (key) => void tokens.delete(key),
        },
        logger: log,
        localUser: 'colleague',
      });
    }

    async function bind(app: DtmApp, origin: string): Promise<void> {
      await app.accounts.login(origin, 'admin', password);
      await app.binding.bind(await app.binding.plan(origin));
    }

    /** What is done here while the server is away, and what others do meanwhile. */
    async function meanwhile(mine: (app: DtmApp) => Promise<unknown>, theirs: () => Promise<unknown>): Promise<void> {
      await proxy.set(faults.refuse);
      await bench().app.syncNow();
      await mine(bench().app);
      await theirs();
      await proxy.pass();
      await bench().app.syncNow();
    }

    const edit = (draft: Draft) => (app: DtmApp) => app.tracker.update('task', id, draft);
    const decide = (target?: unknown) =>
      stoppedCommands({ ...bench(), host: bench().host, documents })['dtm.resolveConflicts'](target);
    const here = () => bench().app.tracker.get('task', id);

    it('is told by the status bar, listed, compared, and decided for each field', async () => {
      await meanwhile(edit({ title: 'his', owner: 'ben', priority: 'p0' }), () =>
        edit({ title: 'hers', owner: 'ana' })(colleague),
      );
      assert.equal(statusLook(bench().host.state).text, '$(git-merge) DTM 1');
      assert.match(
        statusHover(bench().host.state, false).value,
        /\[Decide About 1 Change…\]\(command:dtm\.resolveConflicts\)/,
      );
      const tree = new SyncTree(bench().host, new SyncContents(bench().host));
      const [node] = tree.getChildren();
      assert.ok(node);
      assert.deepEqual([tree.getTreeItem(node).label, tree.getTreeItem(node).description], ['hers', 'Title, Owner']);

      bench().person.will({ pick: 'Compare' }, { pick: 'Choose for Each Field…' }, { pick: 'Another Value…' }, 'ours', {
        pick: 'Theirs',
      });
      await decide(node);
      assert.deepEqual([here()?.title, here()?.owner, here()?.priority], ['ours', 'ana', 'p0']);
      await colleague.syncNow();
      assert.equal(colleague.tracker.get('task', id)?.title, 'ours');
      assert.deepEqual([tree.getChildren(), bench().app.queue()], [[], []]);
      tree.dispose();
    });

    it('stands in two read-only documents while it is compared', async () => {
      await meanwhile(edit({ title: 'his' }), () => edit({ title: 'hers' })(colleague));
      bench().person.will({ pick: 'Compare' }, 'Escape');
      await bench().guard('decide', () => decide());
      const isOurs = (input: unknown): input is TabInputTextDiff =>
        typeof input === 'object' && input !== null && 'original' in input;
      const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
      const shown = tabs.find(({ label }) => label === 'hers: theirs ↔ mine')?.input;
      assert.ok(isOurs(shown), tabs.map(({ label }) => label).join());
      const text = (side: 'original' | 'modified') => documents.provideTextDocumentContent(shown[side]);
      assert.deepEqual([/ {4}hers/.test(text('original')), / {4}his/.test(text('modified'))], [true, true]);
      assert.equal(bench().app.stopped.list().length, 1, 'nothing is decided by looking');
      bench().person.will({ pick: 'Take Theirs' });
      await decide();
      assert.equal(here()?.title, 'hers');
      assert.match(text('original'), /has been decided/);
    });

    it('can be brought back where others deleted it', async () => {
      await meanwhile(edit({ title: 'still wanted' }), () => colleague.tracker.delete('task', id));
      assert.equal(here(), undefined);
      bench().person.will({ pick: 'Bring It Back' });
      await decide();
      assert.equal(here()?.title, 'still wanted');
    });

    it('is tried again with another value, or given up after a yes', async () => {
      const { entity: doomed } = await colleague.tracker.create('project', { name: 'Doomed' });
      await bench().app.syncNow();
      const create = (title: string) => (app: DtmApp) => app.tracker.create('task', { title, projectId: doomed?.id });
      await meanwhile(
        async (app) => [await create('late')(app), await create('later')(app)],
        () => colleague.tracker.delete('project', doomed?.id ?? ''),
      );
      const [first, second] = bench().app.stopped.list();
      bench().person.will({ pick: 'Try Again with Another Value…' }, { pick: 'Project' }, { pick: 'Website' });
      await decide(first);
      bench().person.will({ pick: 'Give Up My Change…' }, 'Escape');
      await bench().guard('decide', () => decide(second));
      assert.deepEqual(
        bench()
          .app.stopped.list()
          .map(({ opId }) => opId),
        [second?.opId],
      );
      bench().person.will({ pick: 'Give Up My Change…' }, { pick: 'Give Up' });
      await decide(second);
      assert.deepEqual(bench().app.queue(), []);
      await colleague.syncNow();
      assert.equal(colleague.tracker.get('task', first?.id ?? '')?.title, 'late');
      assert.equal(colleague.tracker.get('task', second?.id ?? ''), undefined);
    });

    it('gets another value where what it refers to was deleted', async () => {
      const projectId = here()?.projectId;
      const { entity: sprint } = await colleague.tracker.create('sprint', { name: 'Doomed', projectId });
      await bench().app.syncNow();
      await meanwhile(edit({ sprintId: sprint?.id, title: 'his' }), () =>
        colleague.tracker.delete('sprint', sprint?.id ?? ''),
      );
      bench().person.will({ pick: 'Try Again with Another Value…' }, { pick: 'Sprint' }, { pick: 'Backlog' });
      await decide();
      assert.deepEqual([here()?.title, here()?.sprintId, bench().app.queue()], ['his', null, []]);
    });

    it('is not all: what waits is listed by entity, with what will be changed, until it has arrived', async () => {
      const contents = new SyncContents(bench().host);
      const tree = new SyncTree(bench().host, contents);
      const items = (node?: SyncNode) => tree.getChildren(node).map((child) => tree.getTreeItem(child));
      const sprint = (await bench().app.tracker.create('sprint', { name: 'Sprint 1', projectId: here()?.projectId }))
        .entity;
      assert.deepEqual(
        [tree.getChildren(), contents.isWaiting],
        [[], false],
        'what arrives at once is not worth a view',
      );

      await proxy.set(faults.refuse);
      await bench().app.syncNow();
      const { tracker } = bench().app;
      await edit({ title: 'his', sprintId: sprint?.id, labels: ['web'] })(bench().app);
      await edit({ title: 'his own' })(bench().app);
      const { entity: made } = await tracker.create('task', { title: 'late', projectId: here()?.projectId });
      const { entity: gone } = await tracker.create('task', { title: 'needless', projectId: here()?.projectId });
      await tracker.delete('task', gone?.id ?? '');
      assert.equal(contents.isWaiting, true);
      const [heading] = tree.getChildren();
      assert.deepEqual([items()[0]?.label, items()[0]?.description], ['Waiting for the server', '5 changes']);
      assert.deepEqual(
        items(heading).map(({ label, description, contextValue }) => [label, description, contextValue]),
        [
          ['his own', 'Title, Sprint, Labels', 'waiting.there'],
          ['late', 'is created', 'waiting.there'],
          ['needless', 'is deleted', 'waiting'],
        ],
      );
      const nodes = tree.getChildren(heading);
      assert.equal(
        tree.resolveTreeItem({}, nodes[0] as SyncNode).tooltip,
        `task ${id}\nTitle: seen → his own\nSprint: (empty) → Sprint 1\nLabels: +web`,
      );
      assert.deepEqual(items(heading)[1]?.command?.arguments, [made?.id], 'Enter goes there');

      await proxy.pass();
      await bench().app.syncNow();
      assert.deepEqual([tree.getChildren(), contents.isWaiting], [[], false]);
      tree.dispose();
    });

    it('names what a change waits for that cannot go on before something is decided', async () => {
      await meanwhile(edit({ title: 'his' }), () => edit({ title: 'hers' })(colleague));
      await bench().app.tracker.create('task', { title: 'part', projectId: here()?.projectId, parentId: id });
      const tree = new SyncTree(bench().host, new SyncContents(bench().host));
      const [stopped, heading] = tree.getChildren();
      assert.equal(tree.getTreeItem(stopped as SyncNode).contextValue, 'stopped.conflict.there');
      const [node] = tree.getChildren(heading);
      const item = tree.getTreeItem(node as SyncNode);
      assert.deepEqual([item.label, item.description], ['part', 'is created · waits for “hers”']);
      assert.match(String(tree.resolveTreeItem(item, node as SyncNode).tooltip), /until you decide about “hers”/);
      bench().person.will({ pick: 'Take Mine' });
      await decide(stopped);
      await bench().app.syncNow();
      assert.deepEqual([tree.getChildren(), bench().app.queue()], [[], []]);
      tree.dispose();
    });

    it('is shown 200 at a time, however much waits', async () => {
      await proxy.set(faults.refuse);
      await bench().app.syncNow();
      const { tracker } = bench().app;
      const projectId = here()?.projectId;
      const titles = Array.from({ length: 401 }, (_, index) => `task ${index}`);
      await Promise.all(titles.map((title) => tracker.create('task', { title, projectId })));
      const tree = new SyncTree(bench().host, new SyncContents(bench().host));
      const page = () => tree.getChildren(tree.getChildren()[0]).map((node) => tree.getTreeItem(node));
      assert.deepEqual([page().length, page().at(-1)?.label], [201, 'Show 200 more']);
      tree.showMore();
      assert.deepEqual([page().length, page().at(-1)?.description], [401, '1 not shown']);
      tree.showMore();
      assert.equal(page().length, 401);
      assert.ok(page().every(({ label }) => String(label).startsWith('task ')));
      tree.dispose();
    });

    it('says so where there is nothing to decide', async () => {
      await decide();
      assert.match(bench().person.told.join(), /nothing to decide/);
    });
  });
}
