import assert from 'node:assert/strict';
import { DtmError } from '../../../../src/core/errors.ts';
import { WentBack } from '../../../../src/extension/prompts/person.ts';
import { runSteps } from '../../../../src/extension/prompts/steps.ts';

describe('runSteps', () => {
  it('asks in order and says where each question stands', async () => {
    const asked: string[] = [];
    const step = async ({ step, totalSteps }: { step: number; totalSteps: number }) => {
      asked.push(`${step}/${totalSteps}`);
    };
    await runSteps([step, step, step]);
    assert.deepEqual(asked, ['1/3', '2/3', '3/3']);
  });

  it('asks the one before again after "Back", but not before the first', async () => {
    const asked: number[] = [];
    let backs = 2;
    const step = async ({ step }: { step: number }) => {
      asked.push(step);
      if (backs > 0 && step === Math.min(2, backs)) {
        backs -= 1;
        throw new WentBack();
      }
    };
    await runSteps([step, step]);
    assert.deepEqual(asked, [1, 2, 1, 1, 2]);
  });

  it('ends with what a step throws', async () => {
    const cancel = async () => {
      throw new DtmError('cancelled', 'cancelled');
    };
    let reached = false;
    const never = async () => {
      reached = true;
    };
    await assert.rejects(runSteps([cancel, never]), { code: 'cancelled' });
    assert.equal(reached, false);
  });
});
