import { DtmError } from '../core/errors.ts';
import { blocking, evaluateGates } from '../core/gates/evaluateGates.ts';
import { GateFacts, type GateView } from '../core/gates/gateFacts.ts';
import type { GateOverrides, GateSettings } from '../core/gates/settings.ts';
import type { GateVerdict } from '../core/gates/verdict.ts';
import type { Operation } from '../core/operation.ts';

export interface GatesOptions {
  /** As they are at this moment. */
  readonly settings: () => GateSettings;
  /** Lets others have their turn while many titles are looked at. */
  readonly pause: () => Promise<void>;
}

/** Asks the quality gates about what the use cases are about to change. */
export class Gates {
  readonly #options: GatesOptions;

  constructor(options: GatesOptions) {
    this.#options = options;
  }

  /** Looks up what the gates will want to know, so that the hearing itself needs no waiting. */
  async prepare(
    visible: GateView,
    operations: readonly Operation[],
    overrides: GateOverrides = {},
  ): Promise<GateHearing> {
    const settings = this.#options.settings();
    const isTitleAsked = settings.modes['duplicate-title'] !== 'off';
    const facts = await GateFacts.gather(visible, isTitleAsked ? operations : [], this.#options.pause);
    return new GateHearing((checked) =>
      evaluateGates({ operations: checked, visible, facts, settings, overrides, isChecked: true }),
    );
  }
}

/** What the gates say of one change. */
export class GateHearing {
  readonly #evaluate: (operations: readonly Operation[]) => GateVerdict[];
  #verdicts: readonly GateVerdict[] = [];

  constructor(evaluate: (operations: readonly Operation[]) => GateVerdict[]) {
    this.#evaluate = evaluate;
  }

  /** Of every gate that was asked; none before `judge`. */
  get verdicts(): readonly GateVerdict[] {
    return this.#verdicts;
  }

  /** What objects to the change and neither stopped it nor was overridden. */
  get warnings(): readonly GateVerdict[] {
    return this.#verdicts.filter(({ result, override }) => result === 'warn' && override === undefined);
  }

  /**
   * @param operations that `checkOperations` found in order
   * @returns the same, with the overrides in their reasons
   * @throws DtmError `gate-blocked`
   */
  judge(operations: readonly Operation[]): readonly Operation[] {
    this.#verdicts = this.#evaluate(operations);
    const blocked = blocking(this.#verdicts);
    if (blocked.length > 0) throw gateBlocked(blocked);
    const overridden = this.#verdicts.flatMap(({ gate, override }) =>
      override ? `override ${gate}: ${override}` : [],
    );
    if (overridden.length === 0) return operations;
    return operations.map((operation) => withReasons(operation, overridden));
  }
}

/** The gates that stop a change, by an error of the code `gate-blocked`; empty for every other error. */
export function blockedGates({ code, details }: DtmError): readonly GateVerdict[] {
  return code === 'gate-blocked' ? (details.gates as readonly GateVerdict[]) : [];
}

function gateBlocked(gates: readonly GateVerdict[]): DtmError {
  const names = gates.map(({ gate }) => gate).join(', ');
  const sentences = gates.map(({ sentence }) => sentence).join(' ');
  return new DtmError(
    'gate-blocked',
    `stopped by ${gates.length === 1 ? 'the gate' : 'the gates'} ${names}: ${sentences}`,
    {
      hint: 'Change that, or give a reason to go on all the same.',
      details: { gates },
    },
  );
}

/** What a reason may be long, and no more: a server would refuse it. */
const longestReason = 2_000;

function withReasons(operation: Operation, overridden: readonly string[]): Operation {
  const reasons = operation.reason === undefined ? overridden : [operation.reason, ...overridden];
  const reason = reasons.join('; ');
  if (reason.length <= longestReason) return { ...operation, reason };
  throw new DtmError('validation', `the reasons have ${reason.length} characters; ${longestReason} are kept`, {
    hint: 'Write shorter reasons.',
  });
}
