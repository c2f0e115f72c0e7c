import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { get as getPlainly, type IncomingMessage } from 'node:http';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { connect, type TLSSocket } from 'node:tls';
import { runtimeFile } from '../../src/api/auth.ts';
import { type CertificateFiles, makeCertificate } from '../support/certificates.ts';
import { type DtmServer, type DtmServerOptions, makeDtmServer, startDtmServer } from '../support/dtmServer.ts';
import { onlyOn } from '../support/onlyOn.ts';
import { repositoryRoot } from '../support/paths.ts';
import { runProcess } from '../support/processes.ts';
import { useTemporaryFolder } from '../support/temporary.ts';

type RequestOptions = Parameters<typeof get>[1];

/** An answer, and the connection on which it came. */
async function answerTo(url: string, options: RequestOptions) {
  const call = get(url, { agent: false, ...options });
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const socket = response.socket as TLSSocket;
  const { statusCode, headers } = response;
  return { statusCode, headers, socket, protocol: socket.getProtocol(), body: await json(response) };
}

describe('a server with TLS', () => {
  const folder = useTemporaryFolder('tls');
  const servers: DtmServer[] = [];
  before(function () {
    onlyOn(this, ['sqlite'], 'TLS is the same whatever the data is kept in; the run on SQLite tries it');
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.dispose();
  });

  const settingsOf = ({ certFile, keyFile }: Pick<CertificateFiles, 'certFile' | 'keyFile'>) => ({
    DTM_TLS_CERT: certFile,
    DTM_TLS_KEY: keyFile,
  });
  const options = (env: Readonly<Record<string, string>>): DtmServerOptions => ({ store: 'sqlite', env });

  async function start(files: CertificateFiles, env: Readonly<Record<string, string>> = {}): Promise<DtmServer> {
    const server = await startDtmServer(options({ ...settingsOf(files), ...env }));
    servers.push(server);
    return server;
  }

  async function failToStart(env: Readonly<Record<string, string>>, port?: number) {
    const server = await makeDtmServer({ ...options(env), ...(port === undefined ? {} : { port }) });
    servers.push(server);
    const child = await server.launch();
    const { code } = await child.exited;
    assert.doesNotMatch(child.stderr, /PRIVATE|\n\s+at /);
    return { code, stderr: child.stderr };
  }

  it('answers over https, says so wherever it names itself, and asks browsers to stay with it', async () => {
    const files = await makeCertificate(folder(), 'good');
    const server = await start(files);
    assert.equal(server.origin, `https://127.0.0.1:${server.port}`);
    assert.equal(runtimeFile.parse(JSON.parse(await readFile(server.runtimeFile, 'utf8'))).origin, server.origin);
    const answer = await answerTo(server.origin, { ca: files.cert });
    assert.equal((answer.body as { name: string }).name, 'DTM API');
    assert.equal(answer.headers['strict-transport-security'], 'max-age=31536000');
    const atLocalhost = await answerTo(`https://localhost:${server.port}/`, { ca: files.cert });
    assert.equal(atLocalhost.headers['strict-transport-security'], undefined);
  });

  it('answers to the names of its certificate, and to no others', async () => {
    const files = await makeCertificate(folder(), 'named', { names: ['dtm.example', '*.teams.example'] });
    const server = await start(files);
    const statusOf = async (host: string) =>
      (await answerTo(server.origin, { ca: files.cert, headers: { host }, servername: '' })).statusCode;
    for (const host of ['dtm.example', `DTM.example:${server.port}`, 'one.teams.example', '127.0.0.1']) {
      assert.equal(await statusOf(host), 200, host);
    }
    for (const host of ['evil.example', 'teams.example', 'a.b.teams.example']) {
      assert.equal(await statusOf(host), 403, host);
    }
  });

  it('listens beyond loopback in production', async () => {
    const files = await makeCertificate(folder(), 'production');
    const server = await start(files, { DTM_ENV: 'production', DTM_HOST: '0.0.0.0' });
    assert.equal((await answerTo(server.origin, { ca: files.cert })).statusCode, 200);
  });

  it('lets a client on this machine in without a password, over https, too', async () => {
    const files = await makeCertificate(folder(), 'bootstrap');
    const server = await start(files);
    const cfCli = join(repositoryRoot, 'src/cli/main.ts');
    const run = (env: NodeJS.ProcessEnv) => {
      const options = { cwd: folder(), env: { ...server.environment, ...env } };
      return runProcess(process.execPath, [cfCli, 'bind', server.origin, '--json'], options);
    };
    const trusting = await run({ NODE_EXTRA_CA_CERTS: files.certFile });
    assert.equal(trusting.code, 0, trusting.stderr);
    const { item } = JSON.parse(trusting.stdout) as { item: { server: string; account: string } };
    assert.deepEqual([item.server, item.account], [server.origin, 'admin']);
    const other = await run({ DTM_STATE_HOME: join(folder(), 'other') });
    assert.notEqual(other.code, 0);
    assert.match(other.stderr, /certificate/i);
  });

  it('refuses TLS before 1.2 and plain HTTP, and goes on', async () => {
    const files = await makeCertificate(folder(), 'strict');
    const server = await start(files, { DTM_LOG_LEVEL: 'info' });
    const old = connect({
      port: server.port,
      host: '127.0.0.1',
      ca: files.cert,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    });
    await assert.rejects(once(old, 'secureConnect'));
    const plain = getPlainly(`http://127.0.0.1:${server.port}/`, { agent: false });
    await assert.rejects(once(plain, 'response'), { code: 'ECONNRESET' });
    const answer = await answerTo(server.origin, { ca: files.cert });
    assert.equal(answer.statusCode, 200);
    assert.match(answer.protocol ?? '', /^TLSv1\.[23]$/);
  });

  it('takes another certificate on SIGHUP without ending a connection, and keeps the old one if it is bad', async () => {
    const [first, second, third] = [
      await makeCertificate(folder(), 'first'),
      await makeCertificate(folder(), 'second', { names: ['new.example'] }),
      await makeCertificate(folder(), 'third'),
    ];
    const files = { cert: '', certFile: join(folder(), 'cert.pem'), keyFile: join(folder(), 'key.pem') };
    const put = async (from: CertificateFiles, keyFrom = from) => {
      await copyFile(from.certFile, files.certFile);
      await copyFile(keyFrom.keyFile, files.keyFile);
    };
    await put(first);
    const server = await start(files, { DTM_LOG_LEVEL: 'info' });
    const kept = new Agent({ keepAlive: true, maxSockets: 1, ca: first.cert });
    const keptSocket = (await answerTo(server.origin, { agent: kept, servername: '' })).socket;

    await put(second);
    server.process.signal('SIGHUP');
    await server.process.waitForLine(/TLS certificate in use.*new\.example|new\.example.*TLS certificate in use/);
    assert.equal((await answerTo(server.origin, { ca: second.cert })).statusCode, 200);
    await assert.rejects(answerTo(server.origin, { ca: first.cert }), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const headers = { host: 'new.example' };
    const overKept = await answerTo(server.origin, { agent: kept, servername: '', headers });
    assert.equal(overKept.statusCode, 200);
    assert.ok(overKept.socket === keptSocket);

    await put(third, first);
    server.process.signal('SIGHUP');
    await server.process.waitForLine(/does not belong to the certificate.*the one before it stays in use/);
    assert.equal((await answerTo(server.origin, { ca: second.cert })).statusCode, 200);
    kept.destroy();
    assert.ok(!server.process.stderr.includes('PRIVATE'));
    assert.equal((await server.stop()).code, 0);
  });

  it('says who has the port, whichever of http and https it speaks', async () => {
    const files = await makeCertificate(folder(), 'taken');
    const secure = await start(files);
    const plain = await startDtmServer(options({}));
    servers.push(plain);
    for (const [taken, env] of [
      [secure, {}],
      [secure, settingsOf(files)],
      [plain, settingsOf(files)],
    ] as const) {
      const { code, stderr } = await failToStart(env, taken.port);
      assert.equal(code, 69);
      assert.match(stderr, new RegExp(`port ${taken.port} is taken by a DTM server \\(version `));
    }
  });

  it('starts with a certificate that has expired, and says so', async () => {
    const server = await start(await makeCertificate(folder(), 'expired', { expiresInDays: -1 }));
    await server.process.waitForLine(/the certificate has expired/);
  });

  describe('does not start', () => {
    const cases: Readonly<Record<string, (good: CertificateFiles) => Promise<readonly [object, RegExp]>>> = {
      'without a key': async ({ certFile }) => [{ DTM_TLS_CERT: certFile }, /DTM_TLS_KEY: is missing/],
      'without a certificate': async ({ keyFile }) => [{ DTM_TLS_KEY: keyFile }, /DTM_TLS_CERT: is missing/],
      'with the key of another certificate': async (good) => {
        const other = await makeCertificate(folder(), 'other');
        const message =
          /DTM_TLS_KEY: the key in .*other\.key\.pem does not belong to the certificate in .*good\.cert\.pem/;
        return [settingsOf({ ...good, keyFile: other.keyFile }), message];
      },
      'with files that are not there, and names both': async () => [
        settingsOf({ certFile: '/nowhere/cert.pem', keyFile: '/nowhere/key.pem' }),
        /DTM_TLS_CERT: cannot be read: ENOENT.*\n.*DTM_TLS_KEY: cannot be read: ENOENT/,
      ],
      'with the two exchanged': async ({ certFile, keyFile }) => [
        settingsOf({ certFile: keyFile, keyFile: certFile }),
        /holds no certificate in PEM[\s\S]+holds no private key in PEM/,
      ],
      'with a key that has a passphrase': async (good) => {
        const keyFile = join(folder(), 'locked.pem');
        await writeFile(keyFile, '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n');
        return [settingsOf({ ...good, keyFile }), /has a passphrase/];
      },
    };
    for (const [what, make] of Object.entries(cases)) {
      it(what, async () => {
        const [env, message] = await make(await makeCertificate(folder(), 'good'));
        const { code, stderr } = await failToStart(env as Record<string, string>);
        assert.equal(code, 78);
        assert.match(stderr, message);
      });
    }
  });
});
