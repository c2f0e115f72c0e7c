import assert from 'node:assert/strict';
import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkspaceState } from '../../../src/workspace/workspaceState.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { newUlid } from '../../support/trackerBench.ts';

const binding = {
  origin: 'http://127.0.0.1:8000',
  serverId: 'server',
  datasetId: 'data',
  epoch: 1,
  account: 'ana',
  dialect: 'dtm' as const,
};

describe('workspace state', () => {
  const root = useTemporaryFolder('workspace-state');
  const home = (): string => join(root(), 'home');
  const folder = (): string => join(root(), 'my workspace');
  beforeEach(() => mkdir(folder()));
  const open = (of: string | undefined = folder()): Promise<WorkspaceState> =>
    WorkspaceState.open(home(), of, () => newUlid());

  it('is the same whichever way leads to the folder', async () => {
    await symlink(folder(), join(root(), 'link'));
    const [direct, linked] = [await open(), await open(join(root(), 'link'))];
    assert.equal(linked.root, direct.root);
    assert.equal(linked.folder, direct.folder);
    await direct.bind(binding);
    assert.equal(await linked.reload(), true);
    assert.equal(linked.trackerFolder, direct.trackerFolder);
  });

  it('writes nothing when it is opened', async () => {
    await open();
    assert.deepEqual(await readdir(root()), ['my workspace']);
  });

  it('has one personal workspace where no folder is open', async () => {
    const [one, other] = [
      await WorkspaceState.open(home(), undefined, newUlid),
      await WorkspaceState.open(home(), undefined, newUlid),
    ];
    assert.equal(one.folder, undefined);
    assert.equal(one.root, other.root);
    assert.notEqual(one.root, (await open()).root);
  });

  it('keeps each binding’s data apart, and one server’s together wherever it listens', async () => {
    const state = await open();
    const names = [undefined, binding, { ...binding, account: 'bob' }, { ...binding, datasetId: 'other' }];
    assert.equal(new Set(names.map((one) => state.folderOf(one))).size, 4);
    assert.equal(state.folderOf({ ...binding, origin: 'http://127.0.0.1:9000', epoch: 2 }), state.folderOf(binding));
  });

  it('knows the trackers of earlier bindings, and leaves out one of which nobody can say whose it is', async () => {
    const other = { ...binding, account: 'bob' };
    const state = await open();
    await state.bind(binding);
    await state.bind(other);
    await state.bind({ ...other, origin: 'http://127.0.0.1:9000' });
    const names = (await state.trackers()).map(({ name, binding: of }) => [of?.account ?? '', of?.origin, name]);
    assert.deepEqual(names.sort(), [
      ['', undefined, 'local'],
      ['ana', binding.origin, state.nameOf(binding)],
      ['bob', 'http://127.0.0.1:9000', state.nameOf(other)],
    ]);
    await writeFile(join(state.folderOf(binding), 'binding.json'), '{');
    assert.equal((await state.trackers()).length, 2);
  });

  it('tells when another process changed the binding, if only the address', async () => {
    const [one, other] = [await open(), await open()];
    await one.bind(binding);
    assert.equal(await other.reload(), true);
    assert.equal(await other.reload(), false);
    await one.bind({ ...binding, origin: 'http://127.0.0.1:9000' });
    assert.equal(await other.reload(), true);
    assert.equal(other.binding?.origin, 'http://127.0.0.1:9000');
  });

  it('never replaces a binding by the record of a process that came first, but wrote later', async () => {
    for (let round = 0; round < 20; round++) {
      const workspace = join(root(), `round ${round}`);
      await mkdir(workspace);
      const [binder, ...writers] = await Promise.all(Array.from({ length: 4 }, () => open(workspace)));
      await Promise.all([
        ...writers.map((one) => one.prepare(one.trackerFolder)),
        binder?.bind(binding),
        ...writers.map((one) => one.prepare(one.trackerFolder)),
      ]);
      assert.equal((await open(workspace)).binding?.account, 'ana', `round ${round}`);
    }
  });

  it('says which record is damaged, and what to do', async () => {
    const state = await open();
    await state.bind(binding);
    await writeFile(join(state.root, 'workspace.json'), '{"folder":');
    await assert.rejects(open(), { code: 'damaged-file' });
    await rename(join(state.root, 'workspace.json'), join(state.root, 'aside.json'));
    assert.equal((await open()).binding, undefined);
  });

  it('says that there is no such folder', async () => {
    await assert.rejects(open(join(root(), 'missing')), { code: 'no-workspace' });
  });
});
