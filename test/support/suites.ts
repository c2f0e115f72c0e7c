import { join } from 'node:path';
import { repositoryRoot } from './paths.ts';
import { checkSuite } from './suites/checks.ts';
import { hostSuiteOf } from './suites/host.ts';
import { mochaSuite } from './suites/mocha.ts';
import { secretsSuite } from './suites/secrets.ts';
import type { SuiteResult } from './summary.ts';
import type { StoreKind } from './testStore.ts';
import { vscodeVersions } from './vscodeInstall.ts';

export type Suite = { readonly name: string; readonly run: () => Promise<SuiteResult> };

const contractLimitMs = 900_000 + Number(process.env.SERVER_KILLS ?? 0) * 10_000;
/** A process of ours starts in a third of its time when it finds its code compiled; these suites start hundreds. */
const compiled = { NODE_COMPILE_CACHE: join(repositoryRoot, 'node_modules/.cache/compiled') };
const e2eLimitMs = 900_000;
/** A long run is asked for with more rounds; each takes a few seconds. */
const faultsLimitMs = 600_000 + Number(process.env.FAULT_ROUNDS ?? 0) * 10_000;

/** Every suite of `npm test`, in order: the cheap ones first. Those after `build` use what it makes. */
export const suites: readonly Suite[] = [
  checkSuite('checks', {
    biome: ['biome', 'check', '--error-on-warnings'],
    tsc: ['tsc', '--noEmit'],
    depcruise: ['depcruise', 'src', '--config', '.dependency-cruiser.cjs'],
    knip: ['knip'],
  }),
  checkSuite('build', { 'esbuild.mjs --tests': ['node', 'esbuild.mjs', '--tests'] }),
  mochaSuite('unit'),
  contractSuite('contract', 'sqlite'),
  contractSuite('contract-postgres', 'postgres'),
  contractSuite('contract-postgres-two', 'postgres-two'),
  mochaSuite('cli'),
  mochaSuite('taskman'),
  mochaSuite('resilience'),
  mochaSuite('faults', faultsLimitMs, { env: compiled }),
  hostSuiteOf(vscodeVersions.ceiling),
  hostSuiteOf(vscodeVersions.floor),
  mochaSuite('e2e', e2eLimitMs),
  secretsSuite('secrets'),
];

function contractSuite(name: string, store: StoreKind): Suite {
  return mochaSuite(name, contractLimitMs, { folder: 'contract', env: { ...compiled, DTM_TEST_STORE: store } });
}
