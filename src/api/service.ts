import * as z from 'zod';

/** `GET /`: who answers. */
export const rootAnswer = z.object({
  name: z.string(),
  version: z.string(),
  flavour: z.literal('dtm'),
  api: z.array(z.string()),
  docs: z.string(),
  health: z.string(),
  time: z.string(),
});

const healthStatus = z.enum(['healthy', 'degraded', 'unhealthy']);

/** Degraded: reading works, writing may not, or answers take long. Unhealthy: the data cannot be relied upon. */
export const healthAnswer = z.object({
  status: healthStatus,
  version: z.string(),
  uptime_s: z.number(),
  checks: z.object({
    database: z.object({ status: healthStatus, latency_ms: z.number().nullable(), engine: z.string() }),
    event_loop: z.object({ lag_ms: z.number() }),
  }),
});
export type HealthAnswer = z.infer<typeof healthAnswer>;
