import { type GateId, gateIds } from './verdict.ts';

/** What happens where a gate objects. `off`: it is not asked. */
export const gateModes = ['off', 'warn', 'block'] as const;
export type GateMode = (typeof gateModes)[number];

export interface GateSettings {
  readonly modes: Readonly<Record<GateId, GateMode>>;
  /** How many tasks one person may have in progress; 0: any number. */
  readonly wipLimit: number;
}

/** What is invalid is stopped; everything else is a question that a careful colleague would ask. */
const blocking: ReadonlySet<GateId> = new Set(['schema', 'lifecycle', 'relations']);

export const defaultGateSettings: GateSettings = {
  modes: Object.fromEntries(gateIds.map((gate) => [gate, blocking.has(gate) ? 'block' : 'warn'])) as Record<
    GateId,
    GateMode
  >,
  wipLimit: 5,
};

/**
 * The gates that people set, and override with a reason. What is invalid is never stored, since the server refuses it
 * as well; and that the ledger can tell of a change is no opinion.
 */
export const adjustableGates = [
  'secrets',
  'open-criteria',
  'unfinished-dependency',
  'wip-limit',
  'ownerless-p0',
  'sprint-capacity',
  'duplicate-title',
] as const satisfies readonly GateId[];
export type AdjustableGate = (typeof adjustableGates)[number];

export function isAdjustableGate(name: string): name is AdjustableGate {
  return adjustableGates.some((gate) => gate === name);
}

/** Why a person goes on although these gates object. */
export type GateOverrides = Readonly<Partial<Record<AdjustableGate, string>>>;
