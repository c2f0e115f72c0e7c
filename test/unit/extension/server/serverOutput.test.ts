import assert from 'node:assert/strict';
import { readServerOutput } from '../../../../src/extension/server/serverOutput.ts';

describe('readServerOutput', () => {
  it('finds where the server listens', () => {
    const { origin } = readServerOutput('DTM API listening on http://127.0.0.1:8001\n', '');
    assert.equal(origin, 'http://127.0.0.1:8001');
  });

  it('is not fooled by a line that is not whole', () => {
    assert.equal(readServerOutput('say DTM API listening on http://x\n', '').origin, undefined);
  });

  it('finds the account of the first start among the log lines', () => {
    const entry = { level: 30, msg: 'Created the user admin with the password Ab-3 (shown only this once).' };
    const { madeAccount, complaint } = readServerOutput('', `{"broken\n${JSON.stringify(entry)}\n`);
    assert.deepEqual(madeAccount, { username: 'admin', password: 'Ab-3' });
    assert.equal(complaint, '');
  });

  it('gives the reason of a failed start in the words of the server', () => {
    const { complaint } = readServerOutput('', '{"level":30}\nerror: port 80 is taken\nhint: Choose another.\n');
    assert.equal(complaint, 'port 80 is taken Choose another.');
  });
});
