import { type BatchResult, type ChangeBody, datasetHeader, parseDataset, serverHeader } from '../api/sync.ts';
import type { Entity } from '../core/entity.ts';
import { DtmError } from '../core/errors.ts';
import type { EntityKind } from '../core/ids.ts';
import type { Operation } from '../core/operation.ts';
import type { BackendIdentity, Change, PushResult } from '../core/ports.ts';
import type { Problem } from '../core/problem.ts';
import { entityFromWire, fieldOfWireName, type WireObject } from '../core/wire.ts';
import { problemOf } from './answerError.ts';

/**
 * Matches the results of a batch with its operations, by place and by id.
 * @throws DtmError `bad-answer` if they do not belong together
 */
export function pushResults(operations: readonly Operation[], results: readonly BatchResult[]): PushResult[] {
  if (results.length !== operations.length) {
    throw incoherent(`${results.length} results for ${operations.length} operations`);
  }
  return operations.map((operation, index) => pushResult(operation, results[index]));
}

function pushResult(operation: Operation, result: BatchResult | undefined): PushResult {
  if (result?.op_id !== operation.opId) throw incoherent(`no result for operation ${operation.opId}`);
  const { opId, entity: kind } = operation;
  const problem = result.problem && problemOf(result.problem);
  switch (result.outcome) {
    case 'applied':
    case 'duplicate': {
      const entity = readEntity(kind, result.entity ?? null);
      return { opId, outcome: result.outcome, entity, version: versionOf(opId, result, entity) };
    }
    case 'conflict': {
      const fields = (result.fields ?? []).map((name) => fieldOfWireName(kind, name) ?? name);
      const current = readEntity(kind, result.current ?? null);
      return { opId, outcome: 'conflict', fields, current, ...(problem ? { problem } : {}) };
    }
    default:
      return { opId, outcome: result.outcome, problem: problem ?? unexplained };
  }
}

const unexplained: Problem = { code: 'internal', message: 'the server refused it without saying why' };

function versionOf(opId: string, result: BatchResult, entity: Entity | null): number {
  const version = result.version ?? entity?.version;
  if (version === undefined) throw incoherent(`no version for operation ${opId}`);
  return version;
}

/** One entry of the feed. What left our scope has no data, as what was deleted. */
export function changeFrom(body: ChangeBody): Change {
  const { entity, id, version, op_id: opId } = body;
  const change = { entity, id, version, opId, data: readEntity(entity, body.data) };
  return body.kind === 'out_of_scope' ? { ...change, outOfScope: true } : change;
}

function readEntity(kind: EntityKind, wire: WireObject | null): Entity | null {
  if (wire === null) return null;
  try {
    return entityFromWire(kind, wire);
  } catch (cause) {
    throw incoherent(`${kind} ${String(wire.id)} is not as this version of DTM knows it`, cause);
  }
}

/**
 * Which data stands behind an answer.
 * @throws DtmError `incompatible` if the answer does not say
 */
export function identityOf(origin: string, headers: ReadonlyMap<string, string>): BackendIdentity {
  const serverId = headers.get(serverHeader);
  const dataset = parseDataset(headers.get(datasetHeader) ?? '');
  if (serverId && dataset) return { serverId, ...dataset };
  throw new DtmError('incompatible', `${origin} does not say which data it holds`, {
    hint: 'A proxy may remove the headers DTM-Server and DTM-Dataset: let them pass.',
  });
}

function incoherent(what: string, cause?: unknown): DtmError {
  return new DtmError('bad-answer', `the server's answer does not fit: ${what}`, {
    hint: 'Update DTM here or on the server, so that both speak the same version.',
    cause,
  });
}
