import assert from 'node:assert/strict';
import { isNewEnough } from '../../../../src/extension/server/nodeRuntime.ts';

describe('isNewEnough', () => {
  for (const version of ['v22.13.0', 'v22.20.1', 'v24.0.0', 'v100.1.0']) {
    it(`takes ${version}`, () => assert.equal(isNewEnough(version), true));
  }
  for (const version of ['v22.12.9', 'v20.20.2', 'v8.0.0', '', 'node', '22.13.0']) {
    it(`refuses ${JSON.stringify(version)}`, () => assert.equal(isNewEnough(version), false));
  }
});
