import type { Fault } from '../evidence/report.ts';
import type { Operation } from '../operation.ts';
import type { VisibleState } from '../ports.ts';
import {
  duplicateTitle,
  openCriteria,
  overCapacity,
  overWipLimit,
  ownerlessP0,
  unfinishedDependency,
} from './cognitive.ts';
import { brokenChain, type DimensionsOf, missingDimension, secretWritten } from './constitutional.ts';
import type { GateFacts } from './gateFacts.ts';
import { operationalProblem } from './operational.ts';
import type { GateSettings } from './settings.ts';
import { type Simulation, simulate } from './simulation.ts';
import { type GateId, type GateVerdict, gateIds } from './verdict.ts';

/** What two of the gates ask the evidence ledger. */
export interface LedgerView {
  readonly dimensionsOf: DimensionsOf;
  /** What is wrong with the ledger and not declared yet. */
  readonly fault?: Fault | undefined;
}

/** What the gates are asked about. */
export interface GateQuestion {
  /** What is committed together. */
  readonly operations: readonly Operation[];
  /** What the person sees. */
  readonly visible: Pick<VisibleState, 'get'>;
  /** About the same. */
  readonly facts: GateFacts;
  readonly settings: GateSettings;
  /** Who keeps no ledger cannot say: then `dimensions` and `chain` are not asked. */
  readonly ledger?: LedgerView | undefined;
  /** `checkOperations` found nothing wrong: `schema`, `lifecycle` and `relations` pass without being looked at again. */
  readonly isChecked?: boolean;
  /** Why the person goes on although these gates object. */
  readonly overrides?: Readonly<Partial<Record<GateId, string>>> | undefined;
}

/**
 * Asks every gate that is not off. Pure: nothing is written.
 * @returns one verdict per gate, in the order of `gateIds`
 * @throws DtmError `conflict` where an entity was changed meanwhile
 */
export function evaluateGates(question: GateQuestion): GateVerdict[] {
  const simulation = simulate(question.visible, question.operations, { isChecked: question.isChecked === true });
  return gateIds.flatMap((gate) => verdictOf(gate, simulation, question) ?? []);
}

function verdictOf(gate: GateId, simulation: Simulation, question: GateQuestion): GateVerdict | undefined {
  const result = question.settings.modes[gate];
  if (result === 'off' || (!question.ledger && (gate === 'dimensions' || gate === 'chain'))) return undefined;
  const sentence = objections[gate](simulation, question);
  if (sentence === undefined) return { gate, result: 'pass', sentence: passed[gate] };
  const override = (question.overrides?.[gate] ?? '').trim();
  return { gate, result, sentence, ...(override === '' ? {} : { override }) };
}

/** The verdicts for which a change must not be made: those that block and that nobody overrode. */
export function blocking(verdicts: readonly GateVerdict[]): GateVerdict[] {
  return verdicts.filter(({ result, override }) => result === 'block' && override === undefined);
}

type Objection = (simulation: Simulation, question: GateQuestion) => string | undefined;

const objections: Readonly<Record<GateId, Objection>> = {
  dimensions: (simulation, { ledger }) => ledger && missingDimension(simulation, ledger.dimensionsOf),
  secrets: secretWritten,
  chain: (_simulation, { ledger }) => brokenChain(ledger?.fault),
  schema: (simulation) => operationalProblem(simulation, 'schema'),
  lifecycle: (simulation) => operationalProblem(simulation, 'lifecycle'),
  relations: (simulation) => operationalProblem(simulation, 'relations'),
  'open-criteria': openCriteria,
  'unfinished-dependency': unfinishedDependency,
  'wip-limit': (simulation, { facts, settings }) => overWipLimit(simulation, facts, settings.wipLimit),
  'ownerless-p0': ownerlessP0,
  'sprint-capacity': (simulation, { facts }) => overCapacity(simulation, facts),
  'duplicate-title': (simulation, { facts }) => duplicateTitle(simulation, facts),
};

const passed: Readonly<Record<GateId, string>> = {
  dimensions: 'All 13 dimensions can be derived.',
  secrets: 'Nothing looks like a secret.',
  chain: 'The evidence ledger is whole.',
  schema: 'Every field is valid.',
  lifecycle: 'The status follows the lifecycle.',
  relations: 'Everything that is referred to exists.',
  'open-criteria': 'Nothing is done with open acceptance criteria.',
  'unfinished-dependency': 'Nothing is started before what it depends on.',
  'wip-limit': 'Nobody has more in progress than the limit.',
  'ownerless-p0': 'No p0 is without an owner.',
  'sprint-capacity': 'No sprint is over its capacity.',
  'duplicate-title': 'No other title says nearly the same.',
};
