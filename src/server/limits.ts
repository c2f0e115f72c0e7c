import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DtmError } from '../core/errors.ts';
import { clientAddress } from './auth/clientAddress.ts';
import type { ServerSettings } from './settings.ts';

const minuteMs = 60_000;
/** The mean lag of the event loop at which new requests are turned away. */
const overloadedMs = 1_000;
const overloadRetryS = 5;

type Limits = Pick<ServerSettings, 'rateLimitPerMin' | 'corsOrigins'>;

/** What keeps the server answering, and who may read its answers in a browser. Probes are never turned away. */
export async function addLimits(app: FastifyInstance, { rateLimitPerMin, corsOrigins }: Limits): Promise<void> {
  if (corsOrigins.length > 0) await allowOrigins(app, corsOrigins);
  await app.register(underPressure, {
    maxEventLoopDelay: overloadedMs,
    pressureHandler: async (request) => {
      if (!isProbe(request)) throw overloaded();
    },
  });
  if (rateLimitPerMin === undefined) return;
  await app.register(rateLimit, {
    global: false,
    max: rateLimitPerMin,
    timeWindow: minuteMs,
    keyGenerator: clientAddress,
    allowList: isProbe,
    errorResponseBuilder: (_request, { ttl }) => tooMany(rateLimitPerMin, Math.max(1, Math.ceil(ttl / 1_000))),
  });
  // For every request, also to routes that there are not, and before anybody looks at its token.
  app.addHook('onRequest', app.rateLimit());
}

async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  await app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'ETag',
      'Location',
      'Retry-After',
      'X-Request-Id',
      'DTM-Server',
      'DTM-Dataset',
      'Idempotency-Replayed',
    ],
    maxAge: 600,
  });
}

function isProbe({ routeOptions }: FastifyRequest): boolean {
  return /^(\/api(\/v1)?)?\/health/.test(routeOptions.url ?? '');
}

function overloaded(): DtmError {
  return new DtmError('overloaded', 'the server has more to do than it can', {
    hint: 'Try again in a few seconds.',
    details: { retry_after_s: overloadRetryS },
    retryable: true,
  });
}

function tooMany(limit: number, seconds: number): DtmError {
  return new DtmError('rate-limited', `more than ${limit} requests came from your address within a minute`, {
    hint: `Try again in ${seconds} seconds.`,
    details: { retry_after_s: seconds },
    retryable: true,
  });
}
