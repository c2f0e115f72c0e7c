import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { startDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { testStore } from '../support/testStore.ts';
import { Api, useApi } from './api.ts';
import { follow } from './eventReader.ts';

/** Reads the text format of Prometheus, and fails on a line that is not of it. */
function parse(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    const match = /^([a-z_]+(?:\{(?:[a-z]+="[^"]*",?)*\})?) (\S+)$/.exec(line);
    assert.ok(match, `not a sample: ${line}`);
    samples.set(match[1] ?? '', Number(match[2]));
  }
  return samples;
}

describe('metrics', () => {
  // They are those of one process.
  const server = useDtmServer({ store: testStore() === 'sqlite' ? 'sqlite' : 'postgres' });
  const api = useApi(server);
  const read = async () => parse((await new Api(server().origin).get('/metrics')).text);

  it('are text that Prometheus understands, without a token on this machine', async () => {
    const { status, headers, text } = await new Api(server().origin).get('/metrics');
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.ok(parse(text).size > 0);
    for (const name of ['dtm_http_requests_total', 'dtm_database_transaction_duration_seconds', 'dtm_sessions']) {
      assert.match(text, new RegExp(`^# TYPE ${name} (counter|histogram|gauge)$`, 'm'));
    }
  });

  it('count requests by route, never by address, and changes and sessions', async () => {
    const before = await read();
    await api().make('projects', { name: 'Counted', id: 'P-COUNTED' });
    await api().get('/api/v1/projects/P-COUNTED');
    await api().get('/api/v1/projects/P-NONE');
    await api().get('/no/such/address');
    const after = await read();
    const count = (status: number) => {
      const key = `dtm_http_requests_total{method="GET",route="/api/v1/projects/:id",status="${status}"}`;
      return (after.get(key) ?? 0) - (before.get(key) ?? 0);
    };
    assert.deepEqual([count(200), count(404)], [1, 1]);
    assert.equal((after.get('dtm_changes') ?? 0) - (before.get('dtm_changes') ?? 0), 1);
    assert.ok((after.get('dtm_sessions') ?? 0) >= 1);
    assert.ok([...after.keys()].every((key) => !/P-COUNTED|such/.test(key)));
  });

  it('count who follows the events, as long as he does', async () => {
    const reader = await follow(server().origin, await server().login());
    assert.equal((await read()).get('dtm_event_subscribers'), 1);
    reader.close();
    while ((await read()).get('dtm_event_subscribers') !== 0) await setTimeout(20);
  });

  it('need their token behind a proxy', async () => {
    const token = 'a-token-for-metrics';
    const proxied = await startDtmServer({ env: { DTM_TRUST_PROXY: '1', DTM_METRICS_TOKEN: token } });
    try {
      const anonymous = new Api(proxied.origin);
      const refused = await anonymous.get('/metrics');
      assert.equal(refused.status, 403);
      assert.equal(refused.body.type, '/problems/forbidden');
      assert.equal((await anonymous.get('/metrics', { authorization: 'Bearer wrong' })).status, 403);
      assert.equal((await anonymous.get('/metrics', { authorization: `Bearer ${token}` })).status, 200);
    } finally {
      await proxied.dispose();
    }
  });
});
