import assert from 'node:assert/strict';
import { newEntity } from '../../../src/core/draft.ts';
import { entityProblem, illegalTransition } from '../../../src/core/rules.ts';

const at = '2026-03-01T12:00:00.000Z';
const task = newEntity('task', 'T-1', { projectId: 'P-1', title: 'x' }, at, 'ada');
const sprint = newEntity('sprint', 'S-1', { projectId: 'P-1', name: 'x', startDate: '2026-03-10' }, at, 'ada');
const project = newEntity('project', 'P-1', { name: 'x' }, at, 'ada');

describe('rules within an entity', () => {
  it('say which steps are allowed', () => {
    const problem = entityProblem('task', task, { ...task, status: 'done' });
    assert.equal(problem?.code, 'illegal-transition');
    assert.equal(problem.message, 'a task cannot go from new to done');
    assert.equal(problem.hint, 'From new it can become: ready, dropped.');
    assert.deepEqual(problem.details, { from: 'new', to: 'done', allowed: ['ready', 'dropped'] });
  });

  it('say how to leave a final status, or that there is no way', () => {
    assert.equal(illegalTransition('task', 'done', 'new').hint, 'Reopen the task first.');
    assert.equal(illegalTransition('sprint', 'closed', 'active').hint, 'A sprint that is closed stays so.');
  });

  it('let an entity begin in any status', () => {
    assert.equal(entityProblem('task', null, { ...task, status: 'done' }), undefined);
  });

  it('ask for what a status needs', () => {
    const blocked = entityProblem('task', { ...task, status: 'ready' }, { ...task, status: 'blocked' });
    assert.equal(blocked?.message, 'a task that is blocked needs blocked_reason');
    assert.equal(blocked.hint, 'Give blocked_reason together with the status.');
    assert.equal(blocked.fields[0]?.path, 'blocked_reason');
    const blank = { ...task, status: 'blocked' as const, blockedReason: '  ' };
    assert.equal(entityProblem('task', null, blank)?.code, 'validation');
    assert.equal(entityProblem('task', null, { ...blank, blockedReason: 'rain' }), undefined);
    const active = entityProblem('project', project, { ...project, status: 'active' });
    assert.equal(active?.fields[0]?.path, 'owner');
  });

  it('let what was wrong already stay so, and nothing become wrong', () => {
    const blocked = { ...task, status: 'blocked' as const };
    assert.equal(entityProblem('task', blocked, { ...blocked, title: 'y' }), undefined);
    const told = { ...blocked, blockedReason: 'rain' };
    assert.equal(entityProblem('task', told, blocked)?.fields[0]?.path, 'blocked_reason');
    const early = { ...sprint, endDate: '2026-03-01' };
    assert.equal(entityProblem('sprint', early, { ...early, name: 'y' }), undefined);
    assert.equal(entityProblem('sprint', early, { ...early, endDate: '2026-03-02' })?.code, 'validation');
  });

  it('keep the end from coming before the start', () => {
    const early = entityProblem('sprint', sprint, { ...sprint, endDate: '2026-03-09' });
    assert.equal(early?.message, 'the sprint would end (2026-03-09) before it starts (2026-03-10)');
    assert.equal(early.fields[0]?.path, 'end_date');
    assert.equal(entityProblem('sprint', sprint, { ...sprint, endDate: '2026-03-10' }), undefined);
    const dates = { startDate: '2026-02-01', targetEndDate: '2026-01-01' };
    assert.equal(entityProblem('project', project, { ...project, ...dates })?.fields[0]?.path, 'target_end_date');
  });
});
