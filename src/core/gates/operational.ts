import type { Simulation } from './simulation.ts';

/** The first problem of one sort that the operations bring with them: what rules and relations say, as a sentence. */
export function operationalProblem(
  { steps }: Simulation,
  sort: 'schema' | 'lifecycle' | 'relations',
): string | undefined {
  for (const step of steps) {
    const problem = step[sort];
    if (!problem) continue;
    const message = `${step.operation.id}: ${problem.message}.`;
    return problem.hint === undefined ? message : `${message} ${problem.hint}`;
  }
  return undefined;
}
