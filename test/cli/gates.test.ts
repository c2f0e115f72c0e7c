import assert from 'node:assert/strict';
import { useShell } from './cfCli.ts';
import { assertNoStack } from './expectations.ts';

interface Warned {
  readonly warnings: readonly { readonly gate: string; readonly message: string }[];
}

describe('cf_cli: quality gates', () => {
  const shell = useShell();

  it('warn on stderr, block with exit 65 where DTM_GATES says so, and go on for a reason', async () => {
    const cf = shell();
    const first = await cf.id('task', 'create', 'Fix the login page');
    const warned = await cf.ok('task', 'create', 'Login page: FIX', '--json');
    assert.deepEqual(
      warned.json<Warned>().warnings.map(({ gate }) => gate),
      ['duplicate-title'],
    );
    assert.match(
      warned.stderr,
      new RegExp(`^warning: T-\\S+ says nearly the same as ${first} .*\\(duplicate-title\\)$`, 'm'),
    );

    const strict = cf.with({ DTM_GATES: 'duplicate-title=block, most-in-progress=1' });
    const blocked = await strict.run(['task', 'create', 'Fix login page', '--json']);
    assert.equal(blocked.code, 65);
    assert.equal(blocked.json().error.code, 'gate-blocked');
    assert.match(blocked.stderr, /^error: stopped by the gate duplicate-title: T-\S+ says nearly the same/m);
    assert.match(blocked.stderr, /\nhint: .*--override duplicate-title="WHY"\n$/);
    assertNoStack(blocked);

    for (const bad of ['duplicate-title', 'duplicate-title= ', 'schema=it is late', 'none=x']) {
      const wrong = await strict.run(['task', 'create', 'Fix login page', '--override', bad]);
      assert.equal(wrong.code, 64, wrong.stderr);
    }
    assert.equal((await cf.ok('task', 'list', '--json')).json().total, 2);
    const override = ['--override', 'duplicate-title=a=b, agreed'];
    const written = await strict.ok('task', 'create', 'Fix login page', ...override, '--json');
    assert.deepEqual(written.json<Warned>().warnings, []);
    assert.doesNotMatch(written.stderr, /warning:/);
  });

  it('write all or nothing where a status is several steps away', async () => {
    const cf = shell();
    const strict = cf.with({ DTM_GATES: 'wip-limit=block,most-in-progress=1' });
    const [one, two] = [await cf.id('task', 'create', 'One'), await cf.id('task', 'create', 'Two')];
    await strict.ok('task', 'update', one, '--owner', 'ana', '--status', 'in_progress');
    const blocked = await strict.run(['task', 'update', two, '--owner', 'ana', '--status', 'in_progress']);
    assert.equal(blocked.code, 65, blocked.stderr);
    const { owner, status } = (await cf.ok('task', 'show', two, '--json')).json().item;
    assert.deepEqual([owner, status], [null, 'new']);
    await strict.ok('task', 'start', two);
  });

  it('refuse settings that say nothing', async () => {
    const cf = shell();
    for (const bad of ['wip-limit', 'wip-limit=maybe', 'schema=off', 'none=off', 'most-in-progress=many']) {
      const refused = await cf.with({ DTM_GATES: bad }).run(['task', 'list']);
      assert.equal(refused.code, 78, `${bad}: ${refused.stderr}`);
      assert.match(refused.stderr, /^error: DTM_GATES: .*\nhint: /);
    }
  });
});
