import assert from 'node:assert/strict';
import { nodeProblem } from '../../../src/cli/nodeVersion.ts';

describe('the Node.js that runs cf_cli', () => {
  it('is 22.13 or later; otherwise it is said which, and which is needed', () => {
    for (const version of ['22.13.0', '22.14.1', '24.0.0', '26.1.0-nightly'])
      assert.equal(nodeProblem(version), undefined);
    for (const version of ['18.20.4', '20.20.2', '22.12.0']) {
      const text = nodeProblem(version) ?? '';
      assert.match(text, /^error: this is Node\.js \d.+ needs 22\.13 or later\nhint: .+\n$/);
      assert.ok(text.includes(version));
    }
  });
});
