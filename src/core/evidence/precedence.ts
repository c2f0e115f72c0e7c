import { entityKinds } from '../ids.ts';
import { canStep } from '../lifecycle.ts';
import type { EvidenceRecord, Outcome } from './record.ts';
import type { Breach } from './replay.ts';

/**
 * What may become of an operation after what. One that was acknowledged is sent again after the server's data were
 * restored from a backup; one that was given up here may have arrived there all the same.
 */
const next: Readonly<Record<Outcome, readonly Outcome[]>> = {
  intent: ['acknowledged', 'rejected', 'conflict', 'resolved', 'dropped'],
  acknowledged: ['acknowledged', 'rejected', 'conflict', 'dropped'],
  rejected: ['acknowledged', 'rejected', 'conflict', 'resolved', 'dropped'],
  conflict: ['acknowledged', 'rejected', 'conflict', 'resolved', 'dropped'],
  resolved: ['acknowledged'],
  dropped: ['acknowledged'],
  recorded: [],
};

/** Follows every operation from its intent on, and every status along the lifecycle. */
export class Precedence {
  readonly #outcomes = new Map<string, Outcome>();
  #isLenient: boolean;

  /** @param isLenient intents may be missing, because earlier records are */
  constructor(isLenient: boolean) {
    this.#isLenient = isLenient;
  }

  /** Records were lost: intents may be among them. */
  forgive(): void {
    this.#isLenient = true;
  }

  follow(record: EvidenceRecord): Breach | undefined {
    if (record.outcome === 'recorded') return undefined;
    const breach = this.#outcomeBreach(record) ?? stepBreach(record);
    if (!breach) this.#outcomes.set(record.op_id, record.outcome);
    return breach;
  }

  #outcomeBreach({ op_id: opId, outcome }: EvidenceRecord): Breach | undefined {
    const last = this.#outcomes.get(opId);
    if (last === undefined) {
      if (outcome === 'intent' || this.#isLenient) return undefined;
      return precedence(`operation ${opId} is ${outcome}, but nobody intended it`);
    }
    if (next[last].includes(outcome)) return undefined;
    return precedence(`operation ${opId} cannot be ${outcome} after it was ${last}`);
  }
}

/** People take allowed steps, or say why not; outcomes and other people's changes put any status in place. */
function stepBreach({ entity, outcome, changes, gates }: EvidenceRecord): Breach | undefined {
  const kind = entityKinds.find((known) => known === entity);
  const [from, to] = changes.status ?? [];
  if (outcome !== 'intent' || !kind || typeof from !== 'string' || typeof to !== 'string') return undefined;
  const isOverridden = gates.some(({ gate, override }) => gate === 'lifecycle' && override !== undefined);
  if (isOverridden || canStep(kind, from, to)) return undefined;
  return precedence(`a ${kind} cannot go from ${from} to ${to}, and no override is named`);
}

function precedence(message: string): Breach {
  return { law: 'precedence', message };
}
