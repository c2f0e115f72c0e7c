import type { FastifyServerOptions } from 'fastify';
import type { ServerSettings } from './settings.ts';

const secret = ['password', 'access_token', 'refresh_token', 'client_proof', 'server_proof', 'authorization'];

/** JSON lines on standard error, so that standard output stays free for the one line that says where we listen. */
export function loggerOptions(level: ServerSettings['logLevel']): FastifyServerOptions['logger'] {
  if (level === 'silent') return false;
  const redact = [...secret, ...secret.map((name) => `*.${name}`), 'req.headers.authorization', 'err.config'];
  return { level, stream: process.stderr, redact };
}
