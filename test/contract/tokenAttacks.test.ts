import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { rotateKeys } from '../../src/server/auth/secrets.ts';
import { type DtmServer, startDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { Api } from './api.ts';

/** On SQLite the keys are in a file, where a test can take them to forge what only the server could sign. */
const options = { store: 'sqlite' } as const;

function signingKeys(server: DtmServer): JWK[] {
  const content = readFileSync(join(server.dataDir, 'secrets.json'), 'utf8');
  return (JSON.parse(content) as { signing_keys: JWK[] }).signing_keys;
}

const status = async (server: DtmServer, token: string) => (await new Api(server.origin, token).get('/auth/me')).status;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = () => Math.floor(Date.now() / 1_000);

describe('attacks with access tokens', () => {
  const server = useDtmServer(options);
  let token: string;
  let claims: JWTPayload;
  let header: { alg: string; kid: string; typ: string };

  before(async () => {
    token = await server().login();
    claims = decodeJwt(token);
    header = decodeProtectedHeader(token) as typeof header;
  });

  /** Signs with the server's own key. */
  async function sign(changes: JWTPayload, headerChanges: object = {}): Promise<string> {
    const jwk = signingKeys(server())[0]!;
    const key = await importJWK(jwk, 'EdDSA');
    return new SignJWT({ ...claims, ...changes }).setProtectedHeader({ ...header, ...headerChanges }).sign(key);
  }

  it('would succeed if the token were as the server makes it', async () => {
    assert.equal(await status(server(), await sign({})), 200);
  });

  const attacks: Readonly<Record<string, () => Promise<string> | string>> = {
    expired: () => sign({ exp: seconds() - 1 }),
    'not valid yet': () => sign({ nbf: seconds() + 3_600 }),
    'for another audience': () => sign({ aud: 'other-api' }),
    'without an audience': () => sign({ aud: undefined }),
    'from another issuer': () => sign({ iss: 'somebody' }),
    'of another type': () => sign({}, { typ: 'JWT' }),
    'with an unknown key id': () => sign({}, { kid: 'unknown' }),
    'without a key id': () => sign({}, { kid: undefined }),
    'without a session': () => sign({ sid: undefined }),
    'of an unknown session': () => sign({ sid: 'unknown' }),
    'with a critical extension that nobody knows': () =>
      `${encode({ ...header, crit: ['x'], x: 1 })}.${token.split('.').slice(1).join('.')}`,
    'signed with another key': async () => {
      const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
      return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
    },
    'that brings its own key': async () => {
      const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
      const { d: _, ...jwk } = signingKeys(server())[0]!;
      return new SignJWT(claims).setProtectedHeader({ ...header, jwk }).sign(privateKey);
    },
    'with alg none': () => `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`,
    'with alg NONE and the old signature': () =>
      `${encode({ ...header, alg: 'NONE' })}.${token.split('.')[1]}.${token.split('.')[2]}`,
    'with the public key as a shared secret (raw)': () => {
      const secret = Buffer.from(signingKeys(server())[0]!.x!, 'base64url');
      return new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(secret);
    },
    'with the public key as a shared secret (PEM)': () => {
      const { d: _, ...jwk } = signingKeys(server())[0]!;
      const pem = createPublicKey({ key: jwk as Record<string, string>, format: 'jwk' }).export({
        type: 'spki',
        format: 'pem',
      });
      return new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(Buffer.from(pem));
    },
    'with changed claims': () => `${token.split('.')[0]}.${encode({ ...claims, role: 'root' })}.${token.split('.')[2]}`,
    'with a changed signature': () => {
      const [head, body, signature = ''] = token.split('.');
      return `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    },
    'without a signature': () => token.split('.').slice(0, 2).join('.'),
    'that is the refresh token': async () => {
      const body = { username: server().username, password: server().password };
      return (await new Api(server().origin).must('POST', '/auth/login', body)).refresh_token;
    },
    revoked: async () => {
      const revoked = await server().login();
      await new Api(server().origin, revoked).call('POST', '/auth/logout');
      return revoked;
    },
    "of another server's": async () => {
      const other = await startDtmServer(options);
      try {
        return await other.login();
      } finally {
        await other.dispose();
      }
    },
  };
  for (const [what, attack] of Object.entries(attacks)) {
    it(`let nobody in with one ${what}`, async () => {
      assert.equal(await status(server(), await attack()), 401);
      assert.equal(await status(server(), token), 200);
    });
  }
});

describe('signing keys', () => {
  it('are shown, without the private part, so that others can check tokens; two are valid when they are changed', async () => {
    const server = await startDtmServer(options);
    try {
      const first = await server.login();
      const shown = async () =>
        (await new Api(server.origin).must('GET', '/.well-known/jwks.json')) as unknown as JSONWebKeySet;
      assert.equal((await shown()).keys.length, 1);
      assert.ok(!JSON.stringify(await shown()).includes('"d"'));
      const rotate = async () => {
        await server.stop();
        await rotateKeys(server.dataDir);
        await server.start();
      };
      await rotate();
      const keys = await shown();
      assert.equal(keys.keys.length, 2);
      const second = await server.login();
      assert.notEqual(decodeProtectedHeader(second).kid, decodeProtectedHeader(first).kid);
      for (const token of [first, second]) {
        assert.equal(await status(server, token), 200);
        await jwtVerify(token, createLocalJWKSet(keys), { audience: 'dtm-api', algorithms: ['EdDSA'] });
      }
      await rotate();
      assert.equal(await status(server, first), 401);
      assert.equal(await status(server, second), 200);
      assert.equal((await shown()).keys.length, 2);
    } finally {
      await server.dispose();
    }
  });
});
