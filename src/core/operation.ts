import * as z from 'zod';
import type { Entity } from './entity.ts';
import { instant, text } from './fields.ts';
import { entityIdPattern, entityKinds } from './ids.ts';

/** Where a change came from. */
export const surfaces = ['extension', 'cli', 'server', 'import', 'outside-edit', 'lm', 'mcp'] as const;
export type Surface = (typeof surfaces)[number];

/** What every operation carries, whatever it does. `opId` names it for ever: a repeat is recognised by it. */
export const operationHeader = z.object({
  opId: z.ulid(),
  entity: z.enum(entityKinds),
  id: z.string().regex(entityIdPattern),
  /** When the person did it, by the clock of their machine; clocks order nothing. */
  at: instant,
  account: text(200),
  surface: z.enum(surfaces),
  reason: text(2_000).optional(),
  /** Operations of one group are applied together or not at all. */
  groupId: z.ulid().optional(),
  /** The rejected or conflicting operation that this one stands for. */
  replaces: z.ulid().optional(),
  /**
   * The operation that this one takes back. It may return a status to where it came from, for which the lifecycle has no
   * way; a server takes that only where it knows that step.
   */
  undoes: z.ulid().optional(),
});
export type OperationHeader = Readonly<z.infer<typeof operationHeader>>;

/** A scalar field: the value it had when the person changed it, and the value it gets. */
export interface FieldChange {
  readonly from: unknown;
  readonly to: unknown;
}

/** A set field: whole elements, so that a changed element is removed in its old and added in its new form. */
export interface ListChange {
  readonly add: readonly unknown[];
  readonly remove: readonly unknown[];
}

export interface CreateOperation extends OperationHeader {
  readonly kind: 'create';
  readonly data: Entity;
}
export interface UpdateOperation extends OperationHeader {
  readonly kind: 'update';
  readonly set: Readonly<Record<string, FieldChange>>;
  readonly sets: Readonly<Record<string, ListChange>>;
}
export interface DeleteOperation extends OperationHeader {
  readonly kind: 'delete';
  /** The entity as the person saw it: the deletion is refused if it has changed since. */
  readonly before: Entity;
}
export interface RestoreOperation extends OperationHeader {
  readonly kind: 'restore';
  /** The entity as it was when it was deleted: what comes back. */
  readonly before: Entity;
}

/** An immutable record of what a person meant, field by field; it can be applied, refused or repeated anywhere. */
export type Operation = CreateOperation | UpdateOperation | DeleteOperation | RestoreOperation;

/** Whether the operation changes nothing at all. */
export function isEmptyUpdate(operation: Operation): boolean {
  return (
    operation.kind === 'update' && Object.keys(operation.set).length === 0 && Object.keys(operation.sets).length === 0
  );
}

/** Splits operations in order: a group in one piece, everything else by itself. */
export function unitsOf(operations: readonly Operation[]): Operation[][] {
  return [...eachUnit(operations)];
}

/** The same, one by one: for who needs only the first of many. */
export function* eachUnit(operations: readonly Operation[]): Generator<Operation[]> {
  let unit: Operation[] = [];
  for (const operation of operations) {
    const belongs = operation.groupId !== undefined && unit[0]?.groupId === operation.groupId;
    if (!belongs && unit.length > 0) yield unit;
    if (belongs) unit.push(operation);
    else unit = [operation];
  }
  if (unit.length > 0) yield unit;
}
