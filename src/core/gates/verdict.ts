/** The gates in the order in which they are asked. */
export const gateIds = [
  'dimensions',
  'secrets',
  'chain',
  'schema',
  'lifecycle',
  'relations',
  'open-criteria',
  'unfinished-dependency',
  'wip-limit',
  'ownerless-p0',
  'sprint-capacity',
  'duplicate-title',
] as const;
export type GateId = (typeof gateIds)[number];

export const gateResults = ['pass', 'warn', 'block'] as const;
export type GateResult = (typeof gateResults)[number];

/** What a gate says about a change. */
export interface GateVerdict {
  readonly gate: GateId;
  readonly result: GateResult;
  /** One sentence for people. */
  readonly sentence: string;
  /** Why the person went on all the same. */
  readonly override?: string | undefined;
}
