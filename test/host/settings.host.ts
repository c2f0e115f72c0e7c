import assert from 'node:assert/strict';
import { ConfigurationTarget, Uri, workspace } from 'vscode';
import { readNetwork, readSettings } from '../../src/extension/settings.ts';

/** Waits until something became true of the settings, which are read a moment after their file was written. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
}

export function settingsSuite(): void {
  describe('settings about the way to a server', () => {
    const folder = () => workspace.workspaceFolders?.[0]?.uri ?? assert.fail('no folder is open');
    const file = () => Uri.joinPath(folder(), '.vscode/settings.json');
    const personal = (key: string, value: unknown) =>
      workspace.getConfiguration().update(key, value, ConfigurationTarget.Global);

    afterEach(async () => {
      for (const key of ['http.proxy', 'http.noProxy', 'http.proxySupport']) await personal(key, undefined);
      await workspace.fs.delete(file()).then(undefined, () => undefined);
    });

    it('are none of the folder’s business', async () => {
      const wishes = {
        'dtm.request.timeout': 7,
        'http.proxy': 'http://thief.example:3128',
        'http.noProxy': ['<-loopback>'],
        'http.proxyStrictSSL': false,
        'dtm.tls.ca': '/tmp/thief.pem',
        'dtm.tls.cert': '/tmp/thief.pem',
        'dtm.tls.key': '/tmp/thief.pem',
      };
      await workspace.fs.writeFile(file(), Buffer.from(JSON.stringify(wishes)));
      await until(() => readSettings().requestTimeoutS === 7);
      assert.deepEqual(readNetwork({}), {});
    });

    it('are the person’s own, else those of the environment', async () => {
      const env = { HTTPS_PROXY: 'http://env.example:1', NO_PROXY: 'a.example' };
      assert.deepEqual(readNetwork(env), { httpsProxy: 'http://env.example:1', noProxy: 'a.example' });
      await personal('http.proxy', 'http://own.example:2');
      const own = { httpProxy: 'http://own.example:2', httpsProxy: 'http://own.example:2', noProxy: 'a.example' };
      assert.deepEqual(readNetwork(env), own);
      await personal('http.noProxy', ['b.example', 'c.example']);
      assert.equal(readNetwork(env).noProxy, 'b.example,c.example');
      await personal('http.proxySupport', 'off');
      assert.equal(readNetwork(env).httpProxy, undefined);
    });
  });
}
