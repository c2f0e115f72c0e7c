import assert from 'node:assert/strict';
import { isLoopbackOrigin, serverOrigin } from '../../../src/app/serverAddress.ts';

describe('server address', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['localhost:8000', 'http://127.0.0.1:8000'],
    [' http://localhost:8000/ ', 'http://127.0.0.1:8000'],
    ['http://127.0.0.1:8000/api/v1?x#y', 'http://127.0.0.1:8000'],
    ['HTTPS://Example.ORG', 'https://example.org'],
    ['https://example.org:443', 'https://example.org'],
    ['example.org:9000', 'http://example.org:9000'],
    ['[::1]:8000', 'http://[::1]:8000'],
  ];
  for (const [given, origin] of cases)
    it(`reads ${given.trim()} as ${origin}`, () => {
      assert.equal(serverOrigin(given), origin);
      assert.equal(serverOrigin(serverOrigin(given)), origin);
    });

  for (const given of [
    '',
    '   ',
    'ftp://example.org',
    'http://ana@example.org',
    'http://',
    'http://a b',
    'file:///etc',
  ])
    it(`refuses ${JSON.stringify(given)}`, () => {
      assert.throws(() => serverOrigin(given), { code: 'configuration' });
    });

  it('knows what is on this machine', () => {
    const here = ['http://127.0.0.1:8000', 'http://127.9.9.9', 'http://[::1]:1', 'http://localhost'];
    const elsewhere = ['http://127.0.0.1.example.org', 'http://10.0.0.1', 'https://example.org'];
    assert.deepEqual([...here, ...elsewhere].map(isLoopbackOrigin), [true, true, true, true, false, false, false]);
  });
});
