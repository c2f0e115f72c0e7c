import { crc32 } from 'node:zlib';
import type { Entity } from '../core/entity.ts';
import type { EntityKind } from '../core/ids.ts';
import type { Operation } from '../core/operation.ts';
import { operationFromTrustedWire, operationToWire } from '../core/operationWire.ts';
import type { Change } from '../core/ports.ts';
import type { Problem } from '../core/problem.ts';
import { entityFromTrustedWire, entityToWire, type WireObject } from '../core/wire.ts';
import type { ProcessIdentity } from './processIdentity.ts';

/** One line of the journal. `lamport` orders operations across processes; clocks order nothing. */
export type JournalRecord =
  | { readonly type: 'segment'; readonly process: ProcessIdentity }
  | { readonly type: 'operation'; readonly lamport: number; readonly operation: Operation }
  /** Operations that belong together: one line, so that they are there whole or not at all. */
  | {
      readonly type: 'group';
      readonly lamport: number;
      readonly operations: readonly Operation[];
      /** Unsettled operations that these stand for: they leave the queue with the same line. */
      readonly replaced?: readonly string[];
    }
  | { readonly type: 'acknowledged'; readonly opId: string; readonly change: Change }
  | { readonly type: 'parked'; readonly opId: string; readonly parking: Parking }
  | { readonly type: 'dropped'; readonly opIds: readonly string[] }
  | {
      readonly type: 'remote';
      readonly changes: readonly Change[];
      readonly cursor: string;
      /** Of the data that the cursor belongs to; the journals of earlier versions do not say. */
      readonly epoch?: number;
    }
  | { readonly type: 'sync-wanted' };

/** Why an operation stands aside until the person decides. */
export interface Parking {
  readonly state: 'conflict' | 'rejected';
  readonly problem?: Problem;
  readonly fields?: readonly string[];
}

const prefixLength = '{"c":"00000000","r":'.length;

/** Writes a record as one line: JSON whose first member is the CRC-32 of the second. */
export function encodeRecord(record: JournalRecord): string {
  const json = JSON.stringify(recordToJson(record));
  return `{"c":"${checksum(json)}","r":${json}}\n`;
}

/** Reads a line; undefined if it is not one that we wrote whole. */
export function decodeRecord(line: string): JournalRecord | undefined {
  const json = line.slice(prefixLength, -1);
  if (line !== `{"c":"${checksum(json)}","r":${json}}`) return undefined;
  return recordFromJson(JSON.parse(json) as WireObject);
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

function recordToJson(record: JournalRecord): object {
  switch (record.type) {
    case 'operation':
      return { ...record, operation: operationToWire(record.operation) };
    case 'group':
      return { ...record, operations: record.operations.map(operationToWire) };
    case 'acknowledged':
      return { ...record, change: changeToJson(record.change) };
    case 'remote':
      return { ...record, changes: record.changes.map(changeToJson) };
    default:
      return record;
  }
}

function recordFromJson(json: WireObject): JournalRecord {
  const record = json as unknown as JournalRecord;
  switch (record.type) {
    case 'operation':
      return { ...record, operation: operationFromTrustedWire(json.operation as WireObject) };
    case 'group':
      return { ...record, operations: (json.operations as readonly WireObject[]).map(operationFromTrustedWire) };
    case 'acknowledged':
      return { ...record, change: changeFromJson(json.change as WireObject) };
    case 'remote':
      return { ...record, changes: (json.changes as readonly WireObject[]).map(changeFromJson) };
    default:
      return record;
  }
}

function changeToJson(change: Change): object {
  return { ...change, data: change.data && entityToWire(change.entity, change.data) };
}

function changeFromJson(json: WireObject): Change {
  const data = json.data as WireObject | null;
  const image: Entity | null = data && entityFromTrustedWire(json.entity as EntityKind, data);
  return { ...(json as unknown as Change), data: image };
}
