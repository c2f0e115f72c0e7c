import assert from 'node:assert/strict';
import { startTaskman, type Taskman } from '../support/taskman/taskman.ts';
import { hiddenBodies, hiddenSteps } from './hidden.ts';
import { isWhole, masked, type Recorded, type RecordingName, readRecording } from './recording.ts';

/** Recordings that were made one after the other against the same process. */
const runs: readonly { readonly name: RecordingName; readonly database: 'sqlite' | 'postgres' }[] = [
  { name: 'probe_sqlite', database: 'sqlite' },
  { name: 'probe_pg', database: 'postgres' },
];

for (const { name, database } of runs) {
  describe(`TaskMan-v2 emulator, recording ${name}`, () => {
    const recording = readRecording(name);
    let taskman: Taskman;
    let compared = 0;
    before(async () => {
      taskman = await startTaskman({ database });
      await hiddenSteps(name, 'start', taskman.origin);
    });
    after(async () => {
      console.log(
        `    ${name}: ${compared} of ${recording.length} answers compared, ${recording.filter(isWhole).length} whole`,
      );
      await taskman.stop();
    });

    for (const step of recording) {
      it(`${step.name}: ${step.method} ${step.path.slice(0, 60)}`, async () => {
        const [status, answer] = await replay(step, taskman.origin);
        assert.equal(status, step.status, answer);
        compare(step, answer);
        compared += 1;
        await hiddenSteps(name, step.name, taskman.origin);
      });
    }
  });
}

async function replay(step: Recorded, origin: string): Promise<[number, string]> {
  const hidden = hiddenBodies[step.name];
  const body = hidden?.body ?? step.body;
  const type = hidden ? hidden.type : 'application/json';
  const response = await fetch(new URL(step.path, origin), {
    method: step.method,
    redirect: 'manual',
    headers: type === undefined ? {} : { 'content-type': type },
    ...(body !== '' && { body: Buffer.from(body) }),
  });
  return [response.status, await response.text()];
}

function compare(step: Recorded, answer: string): void {
  const { length } = step.answer;
  const whole = isWhole(step) ? step.answer : step.answer + answer.slice(length);
  const [wanted, actual] = [masked(whole), masked(answer)];
  assert.equal(isWhole(step) ? actual : actual.slice(0, length), isWhole(step) ? wanted : wanted.slice(0, length));
}
