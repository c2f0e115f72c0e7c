import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import {
  bootstrapChallenge,
  bootstrapMessage,
  type RuntimeFile,
  runtimeFile,
  tokensAnswer,
} from '../../src/api/auth.ts';
import { startDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { Api } from './api.ts';

const nonce = () => randomBytes(24).toString('base64url');

function prove(secret: string, side: 'server' | 'client', origin: string, mine: string, theirs: string): string {
  return createHmac('sha256', secret)
    .update(bootstrapMessage(side, origin, mine, theirs))
    .digest('base64url');
}

describe('signing in without a password', () => {
  const server = useDtmServer();
  const api = () => new Api(server().origin);
  const file = (): RuntimeFile => runtimeFile.parse(JSON.parse(readFileSync(server().runtimeFile, 'utf8')));

  async function challenge(clientNonce: string) {
    return bootstrapChallenge.parse(await api().must('POST', '/auth/bootstrap', { client_nonce: clientNonce }));
  }

  function answer(secret: string, clientNonce: string, serverNonce: string, origin = file().origin) {
    return api().post('/auth/bootstrap', proven(secret, clientNonce, serverNonce, origin));
  }

  function proven(secret: string, clientNonce: string, serverNonce: string, origin = file().origin) {
    const proof = prove(secret, 'client', origin, clientNonce, serverNonce);
    return { client_nonce: clientNonce, server_nonce: serverNonce, client_proof: proof };
  }

  it('writes a runtime file that only its owner can read', () => {
    assert.equal(statSync(server().runtimeFile).mode & 0o777, 0o600);
    assert.equal(file().origin, server().origin);
    assert.equal(file().pid, server().process.pid);
  });

  it('works for who can read the file, after the server has proven itself', async () => {
    const mine = nonce();
    const { server_nonce, server_proof } = await challenge(mine);
    assert.equal(server_proof, prove(file().secret, 'server', file().origin, mine, server_nonce));
    const { status, body } = await answer(file().secret, mine, server_nonce);
    assert.equal(status, 200);
    const tokens = tokensAnswer.parse(body);
    assert.equal(tokens.user.role, 'admin');
    assert.equal((await new Api(server().origin, tokens.access_token).get('/auth/me')).status, 200);
  });

  it('refuses who does not know the secret', async () => {
    for (const path of ['/auth/bootstrap', '/api/v1/auth/bootstrap']) {
      const mine = nonce();
      const { server_nonce } = await challenge(mine);
      const { status, body } = await api().post(path, proven('not the secret', mine, server_nonce));
      assert.equal(status, 401);
      assert.equal(body.type, '/problems/unauthenticated');
    }
  });

  it('takes a challenge once, only for its own nonce, and never one that it did not give', async () => {
    const { secret } = file();
    const mine = nonce();
    const { server_nonce } = await challenge(mine);
    assert.equal((await answer(secret, mine, server_nonce)).status, 200);
    assert.equal((await answer(secret, mine, server_nonce)).status, 401);
    const other = await challenge(mine);
    assert.equal((await answer(secret, nonce(), other.server_nonce)).status, 401);
    assert.equal((await answer(secret, mine, nonce())).status, 401);
  });

  it('does not accept its own proof as that of a client', async () => {
    const mine = nonce();
    const { server_nonce, server_proof } = await challenge(mine);
    const body = { client_nonce: mine, server_nonce, client_proof: server_proof };
    assert.equal((await api().post('/auth/bootstrap', body)).status, 401);
  });

  it('does not accept a proof that was made for another address', async () => {
    const mine = nonce();
    const { server_nonce } = await challenge(mine);
    assert.equal((await answer(file().secret, mine, server_nonce, 'http://127.0.0.1:1')).status, 401);
  });

  it('shows a squatter nothing that helps: the secret never travels, proofs differ each time', async () => {
    const mine = nonce();
    const first = await api().post('/auth/bootstrap', { client_nonce: mine });
    const second = await api().post('/auth/bootstrap', { client_nonce: mine });
    assert.notEqual(first.body.server_proof, second.body.server_proof);
    for (const { text } of [first, second]) assert.ok(!text.includes(file().secret));
    const squatter = prove('a guess', 'server', file().origin, mine, String(first.body.server_nonce));
    assert.notEqual(squatter, first.body.server_proof);
  });
});

describe('the runtime file', () => {
  it('has a new secret at each start, and goes when the server stops', async () => {
    const server = await startDtmServer();
    try {
      const secret = () => runtimeFile.parse(JSON.parse(readFileSync(server.runtimeFile, 'utf8'))).secret;
      const first = secret();
      assert.equal((await server.stop()).code, 0);
      assert.equal(existsSync(server.runtimeFile), false);
      await server.start();
      assert.notEqual(secret(), first);
    } finally {
      await server.dispose();
    }
  });

  it('is of no use behind a proxy', async () => {
    const server = await startDtmServer({ env: { DTM_TRUST_PROXY: '1' } });
    try {
      for (const path of ['/auth/bootstrap', '/api/v1/auth/bootstrap']) {
        const { status, body } = await new Api(server.origin).post(path, { client_nonce: nonce() });
        assert.equal(status, 403);
        assert.equal(body.type, '/problems/forbidden');
      }
    } finally {
      await server.dispose();
    }
  });
});
