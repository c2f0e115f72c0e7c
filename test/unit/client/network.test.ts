import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { z } from 'zod';
import { Transport } from '../../../src/client/transport.ts';
import { type NetworkSettings, networkFromEnvironment } from '../../../src/core/networkSettings.ts';
import { type Authority, makeAuthority, writePems } from '../../support/certificates.ts';
import { answerJson, type Script, ScriptedServer } from '../../support/httpServer.ts';
import { ManualClock, MemoryLogger } from '../../support/ports.ts';
import { ProxyServer, type ProxyServerOptions } from '../../support/proxyServer.ts';
import { rejectsWith } from '../../support/rejects.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';

const get = { method: 'GET', path: '/x', answer: z.looseObject({}) } as const;

describe('the way to a server', () => {
  const folder = useTemporaryFolder('network');
  const cleanUp: (() => Promise<void>)[] = [];
  let authority: Authority;

  before(async () => {
    authority = await makeAuthority();
  });

  afterEach(async () => {
    for (const clean of cleanUp.splice(0).reverse()) await clean();
  });

  async function serve(script: Script, tls?: object): Promise<ScriptedServer> {
    const server = await ScriptedServer.start(script, 0, tls);
    cleanUp.push(() => server.stop());
    return server;
  }

  async function proxyTo(server: ScriptedServer, more: Partial<ProxyServerOptions> = {}): Promise<ProxyServer> {
    const proxy = await ProxyServer.start({ target: Number(new URL(server.origin).port), ...more });
    cleanUp.push(() => proxy.stop());
    return proxy;
  }

  function transportTo(origin: string, network: NetworkSettings): Transport {
    const logger = new MemoryLogger();
    const limits = { connectTimeoutMs: 2_000, requestTimeoutMs: 5_000, answerLimitBytes: 1_000_000 };
    const transport = new Transport({ origin, clock: new ManualClock(), logger, ...limits, network });
    cleanUp.push(() => transport.close());
    return transport;
  }

  const fine: Script = (_, response) => answerJson(response, 200, { fine: true });

  describe('through a proxy', () => {
    it('sends what is not encrypted in the proxy’s own way, and keeps its credentials from the server', async () => {
      const server = await serve(fine);
      const proxy = await proxyTo(server, { credentials: 'ada:pass word' });
      const httpProxy = proxy.url.replace('//', '//ada:pass%20word@');
      const transport = transportTo('http://dtm.example:8000', { httpProxy });
      assert.deepEqual((await transport.send({ ...get, accessToken: 't' })).value, { fine: true });
      assert.deepEqual(proxy.asked, ['GET http://dtm.example:8000/x']);
      const [seen] = server.seen;
      assert.equal(seen?.headers.host, 'dtm.example:8000');
      assert.equal(seen?.headers.authorization, 'Bearer t');
      assert.equal(seen?.headers['proxy-authorization'], undefined);
    });

    it('tunnels what is encrypted, so that the proxy sees no token', async () => {
      const server = await serve(fine, authority.server);
      const proxy = await proxyTo(server);
      const { ca } = await writePems(folder(), { ca: authority.ca.cert });
      const network = { httpsProxy: proxy.url, caFile: ca };
      const transport = transportTo('https://dtm.internal:8443', network);
      assert.deepEqual((await transport.send({ ...get, accessToken: 't' })).value, { fine: true });
      assert.deepEqual(proxy.asked, ['CONNECT dtm.internal:8443']);
      await rejectsWith(transportTo('https://other.example', network).send(get), 'incompatible');
      assert.deepEqual(proxy.forwarded, []);
    });

    it('goes around it to this machine, unless asked not to', async () => {
      const server = await serve(fine);
      const proxy = await proxyTo(server);
      await transportTo(server.origin, { httpProxy: proxy.url }).send(get);
      assert.deepEqual(proxy.asked, []);
      await transportTo(server.origin, { httpProxy: proxy.url, noProxy: '<-loopback>' }).send(get);
      assert.deepEqual(proxy.asked, [`GET ${server.origin}/x`]);
    });

    it('goes around it to the hosts that the person named', async () => {
      const server = await serve(fine);
      const proxy = await proxyTo(server);
      const network = { httpProxy: proxy.url, noProxy: 'other.example, .invalid' };
      await rejectsWith(transportTo('http://dtm.invalid:8000', network).send(get), 'offline');
      assert.deepEqual(proxy.asked, []);
    });

    it('says that the proxy wants a password, for both kinds of servers', async () => {
      const server = await serve(fine);
      const proxy = await proxyTo(server, { credentials: 'ada:secret' });
      const network = { httpProxy: proxy.url };
      for (const origin of ['http://dtm.example:8000', 'https://dtm.example:8443']) {
        const error = await rejectsWith(transportTo(origin, network).send(get), 'configuration');
        assert.match(error.hint ?? '', /http:\/\/name:password@proxy/);
      }
      assert.deepEqual(server.seen, []);
    });

    it('says so when the proxy is not there, or its address is none', async () => {
      const server = await serve(fine);
      const proxy = await proxyTo(server);
      const origin = 'http://dtm.example:8000';
      await cleanUp.pop()?.();
      await rejectsWith(transportTo(origin, { httpProxy: proxy.url }).send(get), 'offline');
      await rejectsWith(transportTo(origin, { httpProxy: 'not an address' }).send(get), 'configuration');
    });
  });

  describe('with certificates of one’s own', () => {
    const peerOf: Script = (_, response) => {
      const { subject } = (response.socket as TLSSocket).getPeerCertificate();
      answerJson(response, 200, { peer: subject?.CN ?? null });
    };

    it('trusts an authority that the person names, and no other', async () => {
      const server = await serve(peerOf, authority.server);
      await rejectsWith(transportTo(server.origin, {}).send(get), 'incompatible');
      const other = await makeAuthority();
      const files = await writePems(folder(), { ca: authority.ca.cert, other: other.ca.cert });
      await rejectsWith(transportTo(server.origin, { caFile: files.other }).send(get), 'incompatible');
      assert.deepEqual((await transportTo(server.origin, { caFile: files.ca }).send(get)).value, { peer: null });
    });

    it('proves who this machine is with a client certificate', async () => {
      const { ca, client, server: own } = authority;
      const server = await serve(peerOf, { ...own, ca: ca.cert, requestCert: true, rejectUnauthorized: true });
      const files = await writePems(folder(), { ca: ca.cert, cert: client.cert, key: client.key });
      await rejectsWith(transportTo(server.origin, { caFile: files.ca }).send(get), 'offline');
      const network = { caFile: files.ca, certFile: files.cert, keyFile: files.key };
      assert.deepEqual((await transportTo(server.origin, network).send(get)).value, { peer: 'ada' });
    });

    it('says which file cannot be used, and uses it once it is corrected', async () => {
      const server = await serve(peerOf, authority.server);
      const caFile = join(folder(), 'ca.pem');
      const transport = transportTo(server.origin, { caFile });
      const missing = await rejectsWith(transport.send(get), 'configuration');
      assert.match(missing.message, /ca\.pem \(ENOENT\)/);
      await writeFile(caFile, 'no certificate');
      await rejectsWith(transport.send(get), 'configuration');
      await writeFile(caFile, authority.ca.cert);
      assert.deepEqual((await transport.send(get)).value, { peer: null });
    });

    it('wants certificate and key together, and quotes neither', async () => {
      const { cert, key } = await writePems(folder(), { cert: authority.client.cert, key: 'secret-key' });
      const half = await rejectsWith(transportTo('https://127.0.0.1:1', { certFile: cert }).send(get), 'configuration');
      assert.match(half.message, /key/);
      const network = { certFile: cert, keyFile: key };
      const error = await rejectsWith(transportTo('https://127.0.0.1:1', network).send(get), 'configuration');
      assert.doesNotMatch(JSON.stringify([error.message, error.cause, error.hint]), /secret-key/);
    });
  });

  it('is read from the environment under the usual names; what is empty counts as absent', () => {
    const env = { HTTPS_PROXY: 'http://p:1', http_proxy: '', NO_PROXY: 'a.example', DTM_CA_FILE: '/ca.pem' };
    assert.deepEqual(networkFromEnvironment(env), {
      httpsProxy: 'http://p:1',
      noProxy: 'a.example',
      caFile: '/ca.pem',
    });
    assert.deepEqual(networkFromEnvironment({}), {});
  });
});
