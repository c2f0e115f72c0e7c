import { type StepPosition, WentBack } from './person.ts';

export type Step = (position: StepPosition) => Promise<void>;

/**
 * Asks one question after the other; "Back" leads to the one before. Nothing may be changed by a step: Escape, which
 * throws, then leaves everything as it was.
 */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  let index = 0;
  for (let step = steps[index]; step; step = steps[index]) {
    try {
      await step({ step: index + 1, totalSteps: steps.length });
      index += 1;
    } catch (error) {
      if (!(error instanceof WentBack)) throw error;
      index = Math.max(0, index - 1);
    }
  }
}
