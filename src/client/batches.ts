import { batchLimit } from '../api/sync.ts';
import type { Operation } from '../core/operation.ts';
import { operationToWire } from '../core/operationWire.ts';

/** What one request may hold. The server takes 8 MiB: half of that leaves room for everything else. */
const limits = { operations: batchLimit, bytes: 4 * 1024 * 1024 } as const;
/** A group cannot be split, so it may be as large as the server takes, with a margin for what is around it. */
const groupBytes = 8 * 1024 * 1024 - 64 * 1024;

export interface Batch {
  readonly operations: readonly Operation[];
  /** The body of the request. */
  readonly body: string;
}

export interface Batches {
  readonly batches: readonly Batch[];
  /** Operations whose group is more than any request may hold. */
  readonly tooLarge: readonly Operation[];
}

interface Unit {
  readonly operations: Operation[];
  readonly json: string[];
  bytes: number;
}

/**
 * Splits operations into requests, in order, groups whole. Operations of a group are moved up to its first one:
 * a group was made at once, so that nothing between its members can be something they build on.
 */
export function batchesOf(operations: readonly Operation[]): Batches {
  const units = unitsOf(operations);
  const tooLarge = units.filter((unit) => !fits(unit)).flatMap((unit) => unit.operations);
  const filled: Unit[] = [];
  for (const unit of units.filter(fits)) {
    const last = filled.at(-1);
    if (last && hasRoom(last, unit)) append(last, unit);
    else filled.push(unit);
  }
  const batches = filled.map((unit) => ({
    operations: unit.operations,
    body: `{"operations":[${unit.json.join(',')}]}`,
  }));
  return { batches, tooLarge };
}

function fits(unit: Unit): boolean {
  return unit.operations.length <= limits.operations && unit.bytes <= groupBytes;
}

function unitsOf(operations: readonly Operation[]): Unit[] {
  const units = new Map<string, Unit>();
  for (const operation of operations) {
    const json = JSON.stringify(operationToWire(operation));
    const one: Unit = { operations: [operation], json: [json], bytes: byteLength(json) + 1 };
    const key = operation.groupId ?? operation.opId;
    const unit = units.get(key);
    if (unit) append(unit, one);
    else units.set(key, one);
  }
  return [...units.values()];
}

function hasRoom(batch: Unit, unit: Unit): boolean {
  const count = batch.operations.length + unit.operations.length;
  return count <= limits.operations && batch.bytes + unit.bytes <= limits.bytes;
}

function append(target: Unit, unit: Unit): void {
  target.operations.push(...unit.operations);
  target.json.push(...unit.json);
  target.bytes += unit.bytes;
}

const encoder = new TextEncoder();

function byteLength(text: string): number {
  return encoder.encode(text).byteLength;
}
