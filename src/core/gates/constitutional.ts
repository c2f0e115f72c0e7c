import { type Entity, fieldValue } from '../entity.ts';
import { gateDimensions } from '../evidence/dimensions.ts';
import { findSecrets } from '../evidence/redaction.ts';
import type { Fault } from '../evidence/report.ts';
import { wireName } from '../wire.ts';
import { changedFields, type Simulation, type Step } from './simulation.ts';

/** Derives the dimensions of an operation, by name. */
export type DimensionsOf = (step: Step) => Readonly<Record<string, string>>;

/** Whether each of the 13 dimensions of each operation can be derived. */
export function missingDimension({ steps }: Simulation, dimensionsOf: DimensionsOf): string | undefined {
  for (const step of steps) {
    const cof = dimensionsOf(step);
    const missing = gateDimensions.find(({ id }) => (cof[id] ?? '').trim() === '');
    if (missing) return `${step.operation.id} says nothing about ${missing.label.toLowerCase()}.`;
  }
  return undefined;
}

/** Whether something that was written looks like a token, a key or a password. Never names it. */
export function secretWritten({ changes }: Simulation): string | undefined {
  for (const change of changes) {
    if (!change.after) continue;
    for (const field of changedFields(change)) {
      const found = secretIn(change.after, field);
      if (found) return `${change.after.id}: ${wireName(field)} holds what looks like ${found}; everybody can read it.`;
    }
  }
  return undefined;
}

/** Whether the ledger is whole. @param fault the first that is not declared */
export function brokenChain(fault: Fault | undefined): string | undefined {
  if (!fault) return undefined;
  return `The evidence ledger is damaged (${fault.file}, line ${fault.line}: ${fault.law}); work goes on in a new chain.`;
}

function secretIn(entity: Entity, field: string): string | undefined {
  for (const text of textsIn(fieldValue(entity, field))) {
    const [first] = findSecrets(text);
    if (first) return first.name;
  }
  return undefined;
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) yield* textsIn(part);
}
