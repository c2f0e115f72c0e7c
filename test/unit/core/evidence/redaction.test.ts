import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { personalTokenPrefix } from '../../../../src/api/accounts.ts';
import { findSecrets, redacted } from '../../../../src/core/evidence/redaction.ts';
import { seededRandom } from '../../../support/seededRandom.ts';

const random = seededRandom(20_261_125);
const alphabets = {
  base62: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  base64url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  base32: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  hex: '0123456789abcdef',
  digits: '0123456789',
} as const;

function chars(alphabet: keyof typeof alphabets, count: number): string {
  const letters = alphabets[alphabet];
  return Array.from({ length: count }, () => letters[Math.floor(random() * letters.length)]).join('');
}
const bytes = (count: number) => Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)));

/** Each makes another secret each time. What stands in front of `§` gives it away and is no secret itself. */
const issuers: readonly (() => string | Promise<string>)[] = [
  () => personalTokenPrefix + bytes(32).toString('base64url'),
  () => bytes(32).toString('base64url'),
  jwt,
  pem,
  () => `ghp_${chars('base62', 36)}`,
  () => `gho_${chars('base62', 36)}`,
  () => `ghs_${chars('base62', 36)}`,
  () => `github_pat_${chars('base62', 22)}_${chars('base62', 59)}`,
  () => `glpat-${chars('base62', 20)}1`,
  () => `AKIA${chars('base32', 16)}`,
  () => `ASIA${chars('base32', 16)}`,
  () => `sk-ant-api03-${chars('base64url', 93)}AA`,
  () => `sk-proj-${chars('base64url', 48)}`,
  () => `sk-${chars('base62', 48)}`,
  () => `xoxb-${chars('digits', 12)}-${chars('digits', 12)}-${chars('base62', 24)}`,
  () => `xoxp-${chars('digits', 12)}-${chars('base62', 32)}`,
  () => `xapp-1-A${chars('digits', 10)}-${chars('digits', 13)}-${chars('hex', 64)}`,
  () => `https://hooks.slack.com/services/§T${chars('base32', 8)}/B${chars('base32', 8)}/${chars('base62', 24)}`,
  () => `sk_live_${chars('base62', 24)}`,
  () => `rk_test_${chars('base62', 24)}`,
  () => `AIza${chars('base64url', 34)}x`,
  () => `ya29.${chars('base64url', 60)}`,
  () => `npm_${chars('base62', 36)}`,
  () => `pypi-AgEIcHlwaS5vcmc${chars('base64url', 80)}`,
  () => `hf_${chars('base62', 34)}`,
  () => `dop_v1_${chars('hex', 64)}`,
  () => `SG.${chars('base64url', 22)}.${chars('base64url', 43)}`,
  () => `SK${chars('hex', 32)}`,
  () => `shpat_${chars('hex', 32)}`,
  () => `${chars('digits', 9)}:AA${chars('base64url', 32)}x`,
  () => `hvs.${chars('base64url', 90)}7`,
  () => `AGE-SECRET-KEY-1${chars('base32', 58)}`,
  () => `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=§${bytes(64).toString('base64')}`,
  () => `postgres://dtm:§${chars('base62', 12)}`,
  () => `https://ana:§${chars('base62', 9)}`,
  () => `Authorization: Basic §${bytes(18).toString('base64')}`,
  () => `curl -H "Authorization: Bearer §${chars('base64url', 40)}5`,
  () => `password=§${chars('base62', 12)}`,
  () => `Password: §${chars('base62', 5)}7!${chars('base62', 5)}x`,
  () => `"api_key": "§${chars('base62', 20)}4f${chars('base62', 8)}`,
  () => `aws_secret_access_key = §${bytes(30).toString('base64')}`,
];

/** A real one, as servers issue them. */
function jwt(): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const claims = { sid: chars('base62', 26), role: 'member' };
  return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' }).setSubject('ana').sign(privateKey);
}

function pem(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const type = random() < 0.5 ? 'pkcs8' : undefined;
  return createPrivateKey(privateKey.export({ type: type ?? 'pkcs8', format: 'pem' }))
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()
    .trim();
}

/** Where people paste them. A password in an address is followed by the host. */
function planted(text: string, round: number): string {
  const tail = /^\w+:\/\/\w+:/.test(text) ? `${text}@db.example.com/x` : text;
  const frames = [
    `${tail}`,
    `Deploy fails with ${tail} since Monday`,
    `(${tail})`,
    `token\n${tail}\n`,
    `Look: "${tail}"`,
  ];
  return frames[round % frames.length]!;
}

const ordinary: readonly string[] = [
  'Fix the login page for users behind a proxy',
  'Password reset: step2-validation does not check the e-mail',
  'Password: at least 12 characters, rule from security review',
  'Token: refresh-before-expiry should not race',
  'Rename api_key: use client_id everywhere',
  'secret = shared between services, rotate it every 90 days',
  'sk-learn upgrade to 1.5 breaks the pipeline',
  'Bearer of bad news: internationalization-documentation missing',
  'Basic authentication must be refused over plain HTTP',
  'Authorization: Bearer token is missing in the docs',
  'commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b broke the build',
  'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 is the empty digest',
  'SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8 is the host key',
  'integrity sha512-FEdXzwWs+N3rZqEqpqleiY9M1A6IAf9oo1zHFABnLW9FcJ/jzsu+G/Ks3Hq3FglmPKe80GeGBw8ZXLEnwPB0vQ==',
  '550e8400-e29b-41d4-a716-446655440000 is the dataset',
  '01ARZ3NDEKTSV4RRFFQ69G5FAV was refused, see T-7ZK3M9Q0AB',
  'https://dtm.example.com:8443/api/v1/tasks?limit=50 answers 500',
  'ssh://git@github.com/dtm/dtm.git and git@github.com:dtm/dtm.git',
  'http://localhost:8000/@scope/package',
  'mailto:ana@example.com, postgres://localhost:5432/dtm',
  'Update @types/node, ghp-import and glpat rules',
  'src/extension/views/ProjectsTreeDataProvider2-test.ts',
  'the-very-long-Slug-of-a-Page-about-Version2-abc',
  'A-Very-Long-File-Name-For-The-Year-2026-Plan-B1',
  'AKIAlpha release, ASIA-Pacific region rollout',
  'eyJ is how every JWT begins; explain it in the docs',
  '-----BEGIN CERTIFICATE----- must be accepted in dtm.tls.ca',
  '-----BEGIN PUBLIC KEY----- as well',
  'xoxo from the design team, npm_config_registry is ignored',
  'Set DTM_TOKEN=<your token> and password=$PASSWORD',
  'hf_hub_download is slow, ya29 ends early',
  'Привет, мир: пароль: забыл',
  'タスク: トークン = 期限切れ',
  'SG.1 and SG.2 sprint goals; SKU numbers; SK1',
  'session token: v2.refresh.flow_of-the-extension',
  'https://example.com/a:b@c',
];

describe('redaction', () => {
  it('finds 200 planted secrets of every shape, whole, and leaves the text around them', async () => {
    let count = 0;
    for (let round = 0; count < 200; round++) {
      for (const issue of issuers) {
        const [hint, secret = hint] = (await issue()).split('§') as [string, string?];
        const text = planted(secret === hint ? secret : hint + secret, round);
        const found = findSecrets(text);
        assert.equal(found.length, 1, `${found.length} found in ${text}`);
        assert.equal(text.slice(found[0]!.start, found[0]!.end), secret);
        assert.equal(redacted(text), text.replace(secret, `[redacted: ${found[0]!.name}]`));
        count += 1;
      }
    }
    assert.ok(count >= 200, `${count} planted`);
  });

  it('finds every one of several in a text', () => {
    const text = `a ghp_${'a1'.repeat(18)}, b AKIA${'A2'.repeat(8)} and c`;
    assert.equal(redacted(text), 'a [redacted: a GitHub token], b [redacted: an AWS access key] and c');
  });

  it('redacts only once', () => {
    const once = redacted(`password=${'x9'.repeat(8)} and Authorization: Bearer ${'a1'.repeat(20)}`);
    assert.equal(redacted(once), once);
  });

  for (const text of ordinary) {
    it(`lets pass: ${text.slice(0, 60)}`, () => assert.deepEqual(findSecrets(text), []));
  }

  it('takes no time over texts that are made to take it', () => {
    const pieces = ['eyJ-', 'a.', 'token=', 'Bearer ', 'aaaa://b:', '-----BEGIN ', 'xoxb-', 'password: ', 'A-', 'a1B'];
    for (const piece of pieces) {
      const text = piece.repeat(Math.ceil(100_000 / piece.length));
      const start = performance.now();
      findSecrets(text);
      const took = performance.now() - start;
      assert.ok(took < 1_000, `${took.toFixed(0)} ms for ${piece}`);
    }
  });
});
