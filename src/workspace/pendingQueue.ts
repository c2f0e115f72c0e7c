import type { Operation } from '../core/operation.ts';

/** An operation that is not settled, and its place in the journal order. */
export interface PendingOperation {
  readonly lamport: number;
  readonly operation: Operation;
}

/**
 * The operations that no server has answered, in journal order: by (lamport, group, operation id). The operations of a
 * group have one lamport, so that what another process wrote at the same time never comes between them.
 */
export class PendingQueue {
  readonly #byOpId = new Map<string, PendingOperation>();
  readonly #byEntity = new Map<string, PendingOperation[]>();
  #ordered: readonly PendingOperation[] | undefined;

  get size(): number {
    return this.#byOpId.size;
  }

  has(opId: string): boolean {
    return this.#byOpId.has(opId);
  }

  get(opId: string): Operation | undefined {
    return this.#byOpId.get(opId)?.operation;
  }

  /** All of them, in journal order. */
  inOrder(): readonly PendingOperation[] {
    this.#ordered ??= [...this.#byOpId.values()].sort(compare);
    return this.#ordered;
  }

  /** Those of one entity, in journal order. */
  of(entityId: string): readonly Operation[] {
    return (this.#byEntity.get(entityId) ?? []).map((entry) => entry.operation);
  }

  add(entry: PendingOperation): void {
    if (this.#byOpId.has(entry.operation.opId)) return;
    this.#byOpId.set(entry.operation.opId, entry);
    const siblings = this.#byEntity.get(entry.operation.id) ?? [];
    siblings.push(entry);
    if (siblings.length > 1) siblings.sort(compare);
    this.#byEntity.set(entry.operation.id, siblings);
    this.#ordered = undefined;
  }

  /** @returns the operation that was taken out, undefined if it was not there */
  remove(opId: string): Operation | undefined {
    const entry = this.#byOpId.get(opId);
    if (!entry) return undefined;
    this.#byOpId.delete(opId);
    const rest = (this.#byEntity.get(entry.operation.id) ?? []).filter((one) => one !== entry);
    if (rest.length > 0) this.#byEntity.set(entry.operation.id, rest);
    else this.#byEntity.delete(entry.operation.id);
    this.#ordered = undefined;
    return entry.operation;
  }
}

function compare(a: PendingOperation, b: PendingOperation): number {
  if (a.lamport !== b.lamport) return a.lamport - b.lamport;
  const [first, second] = [unitOf(a.operation), unitOf(b.operation)];
  if (first !== second) return first < second ? -1 : 1;
  return a.operation.opId < b.operation.opId ? -1 : 1;
}

function unitOf(operation: Operation): string {
  return operation.groupId ?? operation.opId;
}
