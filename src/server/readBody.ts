import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { parseWith } from '../core/wire.ts';

/**
 * Checks the body of a request.
 * @param whenAbsent what a request without a body means
 * @throws DtmError `validation` naming every wrong or unknown field
 */
export function readBody<T>(schema: z.ZodType<T>, request: FastifyRequest, whenAbsent?: unknown): T {
  return parseWith(schema, request.body ?? whenAbsent, 'the body is not valid');
}
