// Changes something in a workspace and dies by its own hand: `ledgerWorker.ts ROOT unwritten|unmarked`.
// `unwritten`: after the journal has it and before the ledger does; `unmarked`: after the ledger has it, and before
// `ledger.json` says so.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ledgerFolder } from '../../src/workspace/evidence/ledgerLines.ts';
import { openTracker, projectOperation, taskOperation } from '../support/trackerBench.ts';

const [root = '', when = ''] = process.argv.slice(2);
const tracker = await openTracker(root);
const [known] = tracker.visible.all('project');
const project = projectOperation();
const task = taskOperation(known?.id ?? project.id, when);
const operations = known ? [task] : [project, task];
await tracker.commit(operations);
await tracker.settle(
  operations.map(({ opId }) => opId),
  5_000,
);
if (when === 'unmarked') {
  // A folder in the place of the temporary file: the mark cannot be written, the records before it can.
  await mkdir(join(ledgerFolder(join(root, 'state')), `ledger.json.${process.pid}.tmp`), { recursive: true });
  await tracker.writeEvidence().catch(() => undefined);
}
process.stdout.write(`${tracker.evidence.unrecorded}\n`, () => process.kill(process.pid, 'SIGKILL'));
