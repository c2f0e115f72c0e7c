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

export const healthAnswer = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  version: z.string(),
  uptime_s: z.number(),
  checks: z.object({
    database: z.object({ status: z.string(), latency_ms: z.number().nullable(), engine: z.string() }),
    event_loop: z.object({ lag_ms: z.number() }),
  }),
});
export type HealthAnswer = z.infer<typeof healthAnswer>;
