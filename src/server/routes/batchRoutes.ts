import type { FastifyInstance } from 'fastify';
import { type BatchResult, batchRequest } from '../../api/sync.ts';
import type { Entity } from '../../core/entity.ts';
import { kindOfId } from '../../core/ids.ts';
import { entityToWire, wireName } from '../../core/wire.ts';
import { sessionOf } from '../access.ts';
import type { ServerContext } from '../context.ts';
import { toProblem } from '../problems.ts';
import { readBody } from '../readBody.ts';
import { applyBatch } from '../write/applyBatch.ts';
import { readEntry } from '../write/batchEntry.ts';
import type { Outcome } from '../write/outcome.ts';

/** `POST /api/v1/batch`: operations in, one outcome each out. */
export function batchRoutes(app: FastifyInstance, context: ServerContext): void {
  app.post('/api/v1/batch', { config: { access: 'member' } }, async (request) => {
    const entries = readBody(batchRequest, request).operations.map(readEntry);
    const actor = sessionOf(request).user.username;
    const requestId = request.id;
    const outcomes = await applyBatch(context.store, entries, () => ({ actor, now: context.now(), requestId }));
    return { results: outcomes.map((outcome, index) => toResult(entries[index]?.opId ?? '', outcome)) };
  });
}

function toResult(opId: string, outcome: Outcome): BatchResult {
  switch (outcome.outcome) {
    case 'applied':
    case 'duplicate':
      return { op_id: opId, outcome: outcome.outcome, version: outcome.version, entity: toWire(outcome.entity) };
    case 'conflict':
      return {
        op_id: opId,
        outcome: 'conflict',
        current: toWire(outcome.current),
        fields: outcome.fields.map(wireName),
        problem: toProblem(outcome.problem),
      };
    default:
      return { op_id: opId, outcome: outcome.outcome, problem: toProblem(outcome.problem) };
  }
}

function toWire(entity: Entity | null): Record<string, unknown> | null {
  const kind = entity && kindOfId(entity.id);
  return kind ? entityToWire(kind, entity) : null;
}
