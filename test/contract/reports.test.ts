import assert from 'node:assert/strict';
import { burndownAnswer, progressAnswer, summaryAnswer } from '../../src/api/reports.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { type Body, useApi } from './api.ts';

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

describe('reports', () => {
  const server = useDtmServer();
  const api = useApi(server);
  let project: Body;
  let sprint: Body;

  const task = (fields: object) => api().make('tasks', { project_id: project.id, title: 'Task', ...fields });

  before(async () => {
    project = await api().make('projects', { name: 'Apollo' });
    const dates = { start_date: day(-4), end_date: day(5) };
    sprint = await api().make('sprints', { project_id: project.id, name: 'One', ...dates, committed_points: 13 });
    const inIt = { sprint_id: sprint.id };
    await task({ ...inIt, estimate_points: 5, due_at: '2020-01-01T00:00:00Z' });
    await task({ ...inIt, estimate_points: 3, status: 'blocked', blocked_reason: 'rain' });
    await task({ ...inIt });
    await task({ ...inIt, estimate_points: 8, status: 'dropped', due_at: '2020-01-01T00:00:00Z' });
    const done = await task({ ...inIt, estimate_points: 2 });
    await task({ estimate_points: 1 });
    await api().must('POST', `/api/v1/sprints/${sprint.id}/start`);
    await api().must('POST', `/api/v1/tasks/${done.id}/complete`);
  });

  it('tell how a sprint stands', async () => {
    const { body } = await api().get(`/api/v1/sprints/${sprint.id}/progress`);
    const progress = progressAnswer.parse(body);
    assert.deepEqual(progress.tasks, { total: 4, done: 1, remaining: 3 });
    assert.deepEqual(progress.points, { total: 10, done: 2, remaining: 8 });
    const { blocked, overdue, unestimated, percent_done, days_total, days_left, committed_points } = progress;
    assert.deepEqual([blocked, overdue, unestimated, percent_done], [1, 1, 1, 20]);
    assert.deepEqual([days_total, days_left, committed_points], [10, 6, 13]);
    assert.deepEqual(progress.by_status.dropped, { tasks: 1, points: 8 });
  });

  it('tell how a sprint went, day by day', async () => {
    const { body } = await api().get(`/api/v1/sprints/${sprint.id}/burndown`);
    const burndown = burndownAnswer.parse(body);
    assert.deepEqual(burndown.committed.points, { scope: 10, done: 0, remaining: 10 });
    assert.deepEqual(
      burndown.days.map((each) => each.date),
      [-4, -3, -2, -1, 0].map(day),
    );
    const today = burndown.days.at(-1);
    assert.deepEqual([today?.points.completed, today?.points.remaining, today?.ideal], [2, 8, 5]);
    assert.deepEqual([today?.tasks.completed, today?.tasks.remaining], [1, 3]);
  });

  it('sum a project up', async () => {
    const next = await api().make('sprints', { project_id: project.id, name: 'Two' });
    const before = summaryAnswer.parse(await api().must('GET', `/api/v1/projects/${project.id}/summary`));
    assert.deepEqual(before.points, { total: 11, done: 2, remaining: 9 });
    assert.deepEqual([before.blocked, before.overdue, before.unestimated], [1, 1, 1]);
    assert.deepEqual(before.backlog.points, { total: 1, done: 0, remaining: 1 });
    assert.deepEqual(before.velocity, { average: null, sprints: [] });
    await api().must('POST', `/api/v1/sprints/${sprint.id}/complete`, { carry_over_to: next.id });
    const after = summaryAnswer.parse(await api().must('GET', `/api/v1/projects/${project.id}/summary`));
    const points = new Map(after.sprints.map((each) => [each.sprint_id, each.points]));
    assert.deepEqual(points.get(sprint.id), { total: 2, done: 2, remaining: 0 });
    assert.deepEqual(points.get(next.id), { total: 8, done: 0, remaining: 8 });
    assert.equal(after.velocity.average, 2);
    assert.deepEqual(
      after.velocity.sprints.map(({ committed, completed }) => [committed, completed]),
      [[10, 2]],
    );
    const { days } = burndownAnswer.parse(await api().must('GET', `/api/v1/sprints/${sprint.id}/burndown`));
    assert.equal(days.at(-1)?.points.remaining, 8, 'what was carried over was not done');
  });

  it('tell of nothing what nothing is, and refuse what is not there', async () => {
    const empty = await api().make('projects', { name: 'Empty' });
    const bare = await api().make('sprints', { project_id: empty.id, name: 'Bare' });
    const summary = summaryAnswer.parse(await api().must('GET', `/api/v1/projects/${empty.id}/summary`));
    assert.deepEqual([summary.tasks.total, summary.percent_done, summary.sprints.length], [0, 0, 1]);
    const progress = progressAnswer.parse(await api().must('GET', `/api/v1/sprints/${bare.id}/progress`));
    assert.deepEqual([progress.days_total, progress.days_left], [null, null]);
    const { days } = burndownAnswer.parse(await api().must('GET', `/api/v1/sprints/${bare.id}/burndown`));
    assert.deepEqual(
      days.map(({ date, ideal }) => [date, ideal]),
      [[day(0), null]],
    );
    for (const path of ['sprints/S-NONE/progress', 'sprints/S-NONE/burndown', 'projects/P-NONE/summary']) {
      assert.equal((await api().get(`/api/v1/${path}`)).status, 404, path);
    }
  });
});
