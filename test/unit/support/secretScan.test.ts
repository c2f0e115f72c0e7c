import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SecretScan } from '../../support/secrets/secretScan.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';

const refresh = 'R'.repeat(43);
const jwt = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(43)}`;
const keep = { version: 1, tokens: { 'http://a|ada': refresh, 'access|http://a|ada': JSON.stringify({ token: jwt }) } };

describe('SecretScan', () => {
  // Before the run itself looks through what is left.
  afterEach(() => rm(folder(), { recursive: true }));
  const root = useTemporaryFolder('secret-scan');
  const folder = () => join(root(), 'left');
  let scan: SecretScan;

  beforeEach(async () => {
    scan = new SecretScan();
    await mkdir(folder());
  });

  const leave = (name: string, text: string) => writeFile(join(folder(), name), text);
  async function leaks(): Promise<readonly string[]> {
    await scan.folder(folder(), 'left');
    return scan.report().leaks;
  }

  it('says nothing of secrets where they belong', async () => {
    await leave('cli-tokens.json', JSON.stringify(keep));
    await leave('state.vscdb', refresh);
    await leave('tasks.csv', 'id,title\nT-1,Harmless\n');
    assert.deepEqual(await leaks(), []);
    assert.deepEqual([scan.report().files, scan.report().known], [3, 2]);
  });

  it('finds a kept token elsewhere, whichever was seen first', async () => {
    await leave('a.log', `refreshed with ${refresh}`);
    await leave('cli-tokens.json', JSON.stringify(keep));
    assert.deepEqual(await leaks(), ['a kept secret in left/a.log']);
    scan.output('cf_cli', `token: ${refresh}`);
    assert.equal(scan.report().leaks.length, 1, 'each secret is told once');
  });

  it('finds tokens that give themselves away, and passwords that it was told of', async () => {
    scan.learn('correct horse');
    await leave('journal.jsonl', `{"x":"${jwt}"}`);
    await leave('binary.db', `\0\0dtm_pat_${'x'.repeat(30)}\0`);
    scan.output('server', 'bad password "correct horse"');
    assert.deepEqual([...(await leaks())].sort(), [
      'a password in the output of server',
      'a token in left/binary.db',
      'a token in left/journal.jsonl',
    ]);
  });
});
