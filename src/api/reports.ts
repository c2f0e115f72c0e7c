import * as z from 'zod';

const sums = z.object({ total: z.number(), done: z.number(), remaining: z.number() });

/** `total` leaves out what was dropped; `by_status` has it. */
const statistics = {
  tasks: sums,
  points: sums,
  blocked: z.int(),
  overdue: z.int(),
  unestimated: z.int(),
  by_status: z.record(z.string(), z.object({ tasks: z.int(), points: z.number() })),
  percent_done: z.int().min(0).max(100),
};
const statisticsBody = z.object(statistics);

const sprintHead = {
  sprint_id: z.string(),
  name: z.string(),
  status: z.string(),
  start_date: z.string().nullable(),
  end_date: z.string().nullable(),
};

/** `GET /sprints/{id}/progress`: how the sprint stands now. Days are counted with the first and the last. */
export const progressAnswer = z.object({
  ...sprintHead,
  ...statistics,
  days_total: z.int().nullable(),
  days_left: z.int().nullable(),
  committed_points: z.number().nullable(),
  velocity_target_points: z.number().nullable(),
});

const totals = z.object({ scope: z.number(), done: z.number(), remaining: z.number() });
const tallied = z.object({
  ...totals.shape,
  added: z.number(),
  removed: z.number(),
  /** With its sign. */
  reestimated: z.number(),
  completed: z.number(),
  reopened: z.number(),
});

/** `GET /sprints/{id}/burndown`: each day's changes, and where the sprint stood at its end (UTC). */
export const burndownAnswer = z.object({
  ...sprintHead,
  /** What was in it when it began. */
  committed: z.object({ points: totals, tasks: totals }),
  days: z.array(z.object({ date: z.string(), points: tallied, tasks: tallied, ideal: z.number().nullable() })),
});

/** `GET /projects/{id}/summary`. */
export const summaryAnswer = z.object({
  project_id: z.string(),
  name: z.string(),
  status: z.string(),
  ...statistics,
  backlog: statisticsBody,
  sprints: z.array(z.object({ ...sprintHead, ...statistics })),
  velocity: z.object({
    average: z.number().nullable(),
    sprints: z.array(
      z.object({
        sprint_id: z.string(),
        name: z.string(),
        completed_at: z.string().nullable(),
        committed: z.number(),
        completed: z.number(),
      }),
    ),
  }),
});
