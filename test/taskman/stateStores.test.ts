import assert from 'node:assert/strict';
import { api, type Body, call, type Reply } from './client.ts';
import { onBothDatabases } from './databases.ts';

const problems = 'https://api.taskman-v2.local/problems';

onBothDatabases('Conformance: checklists, plans, conversations', (taskman, database) => {
  const post = (path: string, body?: Body) => call(taskman(), 'POST', `${api}/${path}`, body);
  const get = (path: string) => call(taskman(), 'GET', `${api}/${path}`);

  for (const [path, name] of [
    ['checklists', 'Checklist'],
    ['plans', 'Plan'],
    ['conversations', 'ConversationSession'],
  ] as const) {
    it(`21: ${path}: a second row of an id and an unknown id are problem objects`, async () => {
      assert.equal((await post(path, { id: 'x', title: 't' })).status, 201);
      const again = await post(path, { id: 'x', title: 't' });
      assertProblem(again, 409, 'conflict', 'Resource Conflict', `${taskman().origin}${api}/${path}`);
      assert.equal(again.json.detail, `A ${name} with ID 'x' already exists`);
      const unknown = await get(`${path}/y`);
      assertProblem(unknown, 404, 'not-found', 'Resource Not Found', `${taskman().origin}${api}/${path}/y`);
      assert.deepEqual([unknown.json.entity_type, unknown.json.entity_id], [name, 'y']);
      assert.equal(unknown.headers.get('content-type'), 'application/json');
    });

    it(`${path}: lists are bare arrays with limit and offset; a patch is partial and loses metadata`, async () => {
      for (const id of ['a', 'b', 'c']) await post(path, { id, title: id, metadata: { kept: 1 } });
      const list = (await get(`${path}?limit=1&offset=1`)).json as unknown as Body[];
      assert.deepEqual(
        list.map(({ id }) => id),
        ['b'],
      );
      assert.equal((await get(`${path}?limit=1001`)).status, 422);
      const patched = await call(taskman(), 'PATCH', `${api}/${path}/a`, { title: 'new', metadata: { lost: 1 } });
      assert.deepEqual([patched.status, patched.json.title, patched.json.metadata], [200, 'new', { kept: 1 }]);
    });

    it(`${path}: times of rows have no zone`, async () => {
      const { json } = await post(path, { id: 'x', title: 't' });
      assert.match(String(json.created_at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/);
    });
  }

  const items = [
    { id: 'i1', order: 1, title: 'one' },
    { id: 'i2', order: 2, title: 'two' },
  ];

  it('22: checking the last item completes a checklist, checking it again is 422, adding one reopens it', async () => {
    await post('checklists', { id: 'C', title: 'c', items });
    const first = await post('checklists/C/items/i1/check?notes=ok');
    assert.deepEqual([first.json.status, first.json.progress_pct, first.json.pending_count], ['active', 50, 1]);
    assert.equal((await post('checklists/C/items/i2/check')).json.status, 'completed');
    const again = await post('checklists/C/items/i2/check');
    assertProblem(
      again,
      422,
      'validation-error',
      'Validation Error',
      `${taskman().origin}${api}/checklists/C/items/i2/check`,
    );
    const added = await post('checklists/C/items', { title: 'three', after_item_id: 'i1' });
    assert.equal(added.json.status, 'active');
    const shown = added.json.items as Body[];
    assert.deepEqual(
      shown.map(({ title, order }) => [title, order]),
      [
        ['one', 1],
        ['three', 2],
        ['two', 3],
      ],
    );
    assert.match(String(shown[1]?.id), /^ITEM-[0-9A-F]{8}$/);
    assert.match(String(shown[0]?.completed_at), /Z$/);
  });

  it('22: only a template can be copied', async () => {
    await post('checklists', { id: 'C', title: 'c', items });
    await post('checklists', { id: 'T', title: 't', items, is_template: true });
    assert.equal((await post('checklists/from-template?template_id=C')).status, 422);
    const copy = await post('checklists/from-template?template_id=T&task_id=T-1');
    assert.deepEqual(
      [copy.status, copy.json.title, copy.json.template_id, copy.json.task_id],
      [201, 'Copy of t', 'T', 'T-1'],
    );
    assert.deepEqual((await get('checklists/stats')).json, { total: 3, templates: 1, by_status: { active: 3 } });
  });

  it('items are blocked and unblocked, and blocked checklists are listed', async () => {
    await post('checklists', { id: 'C', title: 'c', items });
    assert.equal((await post('checklists/C/items/i1/block?reason=r')).json.blocked_count, 1);
    assert.equal(((await get('checklists/blocked')).json as unknown as Body[]).length, 1);
    assert.equal((await post('checklists/C/items/i1/unblock')).json.blocked_count, 0);
    assert.deepEqual((await get('checklists/blocked')).json, []);
  });

  it('a plan is approved, started, and completed with its last step', async () => {
    const steps = [
      { id: 's1', order: 1, title: 'one' },
      { id: 's2', order: 2, title: 'two' },
    ];
    await post('plans', { id: 'P', title: 'p', steps });
    assert.equal((await post('plans/P/start')).status, 422);
    assert.equal((await post('plans/P/approve')).json.status, 'approved');
    assert.equal((await post('plans/P/approve')).status, 422);
    const started = await post('plans/P/start');
    assert.deepEqual([started.json.status, started.json.current_step_id], ['in_progress', 's1']);
    assert.equal((await post('plans/P/steps/s1/complete')).json.current_step_id, 's2');
    const ended = await post('plans/P/steps/s2/skip?reason=r');
    assert.deepEqual([ended.json.status, ended.json.progress_pct, ended.json.current_step_id], ['completed', 50, null]);
    const zone = database === 'postgres' ? /Z$/ : /\d$/;
    assert.match(String(ended.json.completed_at), zone);
    assert.equal((await get('plans/search')).status, 500);
  });

  it('turns of a conversation are numbered by the server', async () => {
    await post('conversations', { id: 'V', title: 'v' });
    const turn = { conversation_id: 'other', sequence: 9, role: 'user', content: 'hi', token_count: 5 };
    for (const id of ['a', 'b']) assert.equal((await post('conversations/V/turns', { id, ...turn })).status, 201);
    const turns = (await get('conversations/V/turns')).json as unknown as Body[];
    assert.deepEqual(
      turns.map(({ id, sequence, conversation_id }) => [id, sequence, conversation_id]),
      [
        ['a', 1, 'V'],
        ['b', 2, 'V'],
      ],
    );
    const { json } = await get('conversations/V');
    assert.deepEqual([json.turn_count, json.token_estimate, json.agent_type], [2, 10, 'claude']);
    assert.deepEqual((await post('conversations/V/link-task?task_id=T-1')).json.task_ids, ['T-1']);
    assert.equal((await post('conversations/V/pause')).json.status, 'paused');
    assert.equal((await post('conversations/V/resume')).json.status, 'active');
  });
});

function assertProblem({ status, json }: Reply, wanted: number, slug: string, title: string, instance: string): void {
  assert.deepEqual(
    [status, json.type, json.title, json.status, json.instance],
    [wanted, `${problems}/${slug}`, title, wanted, instance],
  );
}
