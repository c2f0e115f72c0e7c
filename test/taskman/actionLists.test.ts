import assert from 'node:assert/strict';
import { api, type Body, call } from './client.ts';
import { onBothDatabases } from './databases.ts';

onBothDatabases('Conformance: action lists', (taskman, database) => {
  const path = `${api}/action-lists`;
  const create = (more: Body = {}) => call(taskman(), 'POST', path, { id: 'AL-mine', title: 'list', ...more });
  const onList = (method: string, rest: string, body?: unknown) =>
    call(taskman(), method, `${path}/AL-0001${rest}`, body);

  it('19: the sent id does not count, tasks are linked by a query parameter', async () => {
    const { status, json } = await create({ status: 'archived', notes: 'n' });
    assert.deepEqual([status, json.id, json.status, json.notes], [201, 'AL-0001', 'active', null]);
    for (const _again of [1, 2]) {
      const linked = await onList('POST', '/tasks?task_id=T-1');
      assert.deepEqual([linked.status, linked.json.items], [200, ['T-1']]);
    }
    assert.equal((await onList('POST', '/tasks/T-1')).status, 405);
    assert.deepEqual((await onList('GET', '/tasks')).json, ['T-1']);
    assert.deepEqual((await onList('DELETE', '/tasks/T-1')).json.items, []);
    assert.equal((await onList('DELETE', '/tasks/T-1')).status, 400);
  });

  it('20: an item is added and removed by its text on SQLite; PostgreSQL refuses objects', async () => {
    await create();
    const added = await onList('POST', '/items', { text: 'do it', order: 2 });
    const [item] = (added.json.items ?? []) as Body[];
    if (database === 'postgres') {
      assert.equal(added.status, 400);
      assert.match(String(added.json.detail), /expected str, got dict/);
      assert.equal((await create({ items: [{ text: 'x' }] })).status, 400);
      return;
    }
    assert.match(String(item?.id), /^Item-[0-9a-f]{8}$/);
    assert.deepEqual([item?.text, item?.completed, item?.order], ['do it', false, 2]);
    assert.equal((await onList('GET', '/tasks')).status, 500);
    const reordered = await onList('PATCH', '/items/reorder', { item_ids: ['x'] });
    assert.deepEqual([reordered.status, reordered.json.detail], [400, "unhashable type: 'dict'"]);
    assert.equal((await onList('DELETE', '/items/do it')).status, 204);
    assert.deepEqual((await onList('GET', '')).json.items, []);
  });

  it('items are reordered when the same set is named', async () => {
    await create();
    for (const id of ['T-1', 'T-2']) await onList('POST', `/tasks?task_id=${id}`);
    assert.deepEqual((await onList('PATCH', '/items/reorder', { item_ids: ['T-2', 'T-1'] })).json.items, [
      'T-2',
      'T-1',
    ]);
    const wrong = await onList('PATCH', '/items/reorder', { item_ids: ['T-2', 'T-3'] });
    assert.deepEqual([wrong.status, wrong.json.detail], [400, "Item mismatch - missing: ['T-1'], unknown: ['T-3']"]);
  });

  it('a wrong status in a filter finds nothing, an update of an unknown list is 400, a wrong word 422', async () => {
    await create();
    assert.equal((await call(taskman(), 'GET', `${path}?status=bogus`)).json.total, 0);
    assert.equal((await call(taskman(), 'GET', `${path}?status=active`)).json.total, 1);
    const unknown = await call(taskman(), 'PUT', `${path}/AL-x`, { title: 'x' });
    assert.deepEqual([unknown.status, unknown.json.detail], [400, 'ActionList AL-x not found']);
    assert.equal((await onList('PATCH', '', { status: 'completed' })).status, 422);
    assert.equal(
      (await onList('PATCH', '', { status: 'archived', geometry_shape: 'Circle' })).json.geometry_shape,
      'Circle',
    );
    assert.equal((await call(taskman(), 'DELETE', `${path}/AL-x`)).status, 404);
  });

  it('after a restart ids begin again and collide until the counter has passed them', async () => {
    await create();
    taskman().restart();
    const collided = await create();
    assert.equal(collided.status, 400);
    assert.match(
      String(collided.json.detail),
      database === 'postgres' ? /UniqueViolationError/ : /UNIQUE constraint failed/,
    );
    assert.equal((await create()).json.id, 'AL-0002');
  });

  it('a project must exist on PostgreSQL, and its end clears the reference', async () => {
    const { status } = await create({ project_id: 'P-x' });
    assert.equal(status, database === 'postgres' ? 400 : 201);
    await call(taskman(), 'POST', `${api}/projects`, { id: 'P-1', name: 'p' });
    const { json } = await create({ project_id: 'P-1' });
    await call(taskman(), 'DELETE', `${api}/projects/P-1`);
    const kept = (await call(taskman(), 'GET', `${path}/${json.id}`)).json.project_id;
    assert.equal(kept, database === 'postgres' ? null : 'P-1');
  });
});
