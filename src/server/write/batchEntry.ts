import { DtmError, isDtmError } from '../../core/errors.ts';
import type { Operation } from '../../core/operation.ts';
import { operationFromWire } from '../../core/operationWire.ts';
import type { WireObject } from '../../core/wire.ts';

/** One place of a batch. Also what cannot be read may name its group, which then fails as a whole. */
export interface BatchEntry {
  readonly opId: string;
  readonly id: string;
  readonly groupId: string | undefined;
  /** Whether it should bring its entity into being. */
  readonly makes: boolean;
  readonly content: Operation | DtmError;
}

/** Reads one operation; what is wrong with it is kept in its place. */
export function readEntry(wire: WireObject): BatchEntry {
  const content = read(wire);
  return {
    opId: textOf(wire.op_id) ?? '',
    id: textOf(wire.id) ?? '',
    groupId: textOf(wire.group_id),
    makes: wire.kind === 'create' || wire.kind === 'restore',
    content,
  };
}

function read(wire: WireObject): Operation | DtmError {
  try {
    return checked(operationFromWire(wire));
  } catch (error) {
    if (isDtmError(error)) return error;
    throw error;
  }
}

const prefixes = { project: 'P-', sprint: 'S-', task: 'T-' } as const;

function checked(operation: Operation): Operation {
  if (operation.id.startsWith(prefixes[operation.entity])) return operation;
  const message = `${operation.id} is not the id of a ${operation.entity}`;
  throw new DtmError('validation', message, {
    fields: [{ path: 'id', code: 'invalid', message: `must begin with ${prefixes[operation.entity]}` }],
    hint: 'Correct the id or the kind of entity.',
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 100) : undefined;
}
