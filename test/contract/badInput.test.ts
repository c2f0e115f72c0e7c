import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { useDtmServer } from '../support/dtmServer.ts';
import { type Answer, Api, type CallOptions, useApi } from './api.ts';
import { create, wholeTask } from './operations.ts';

describe('bad input', () => {
  const server = useDtmServer();
  const api = useApi(server);

  before(async () => {
    await api().make('projects', { id: 'P-X', name: 'Target' });
  });

  /** A clear problem, and nothing of the machine's inside in it. */
  function assertProblem(answer: Answer, status: number, slug: string): void {
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal(answer.body.type, `/problems/${slug}`);
    assert.ok(answer.body.detail.length > 10, answer.text);
    assert.ok(answer.body.hint.length > 5, answer.text);
    assert.doesNotMatch(answer.text, /node_modules|\.ts\b|at .+:\d+|sqlite|select |\/tmp\//i);
  }

  const post = (options: CallOptions) => api().call('POST', '/api/v1/tasks', options);
  const text = (title: string) => `{"project_id":"P-X","title":${title}}`;
  const nested = (depth: number) =>
    `{"project_id":"P-X","title":"x","custom":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;

  const bodies: readonly (readonly [string, CallOptions, number, string])[] = [
    ['no body at all', {}, 422, 'validation'],
    ['an empty body', { raw: '', headers: { 'content-type': 'application/json' } }, 422, 'validation'],
    ['text that is not JSON', { raw: '{"title":' }, 400, 'bad-request'],
    ['an array', { raw: '[]' }, 422, 'validation'],
    ['a number', { raw: '7' }, 422, 'validation'],
    ['null', { raw: 'null' }, 422, 'validation'],
    ['NUL in a title', { raw: text('"a\\u0000b"') }, 422, 'validation'],
    ['half a surrogate pair', { raw: text('"a\\ud800b"') }, 422, 'validation'],
    ['NUL in a custom field', { raw: '{"project_id":"P-X","title":"x","custom":{"a":"\\u0000"}}' }, 422, 'validation'],
    [
      'a lone surrogate in a key',
      { raw: '{"project_id":"P-X","title":"x","custom":{"\\udc00":1}}' },
      422,
      'validation',
    ],
    ['the key __proto__', { raw: '{"project_id":"P-X","title":"x","__proto__":{"admin":true}}' }, 400, 'bad-request'],
    [
      '__proto__ deep inside',
      { raw: '{"project_id":"P-X","title":"x","custom":{"a":{"__proto__":1}}}' },
      400,
      'bad-request',
    ],
    [
      'the key constructor',
      { raw: '{"project_id":"P-X","title":"x","constructor":{"prototype":1}}' },
      422,
      'validation',
    ],
    ['65 levels of nesting', { raw: nested(65) }, 400, 'bad-request'],
    ['100,000 levels of nesting', { raw: nested(100_000) }, 400, 'bad-request'],
    ['100,000 nested arrays', { raw: '['.repeat(100_000) + ']'.repeat(100_000) }, 400, 'bad-request'],
    ['a title that is a number', { raw: text('7') }, 422, 'validation'],
    ['a title that is an object', { raw: text('{"a":1}') }, 422, 'validation'],
    ['labels that are a string', { raw: '{"project_id":"P-X","title":"x","labels":"a"}' }, 422, 'validation'],
    [
      'a number beyond every limit',
      { raw: '{"project_id":"P-X","title":"x","estimate_points":1e999}' },
      422,
      'validation',
    ],
    ['9 MB', { raw: text(`"${'x'.repeat(9_000_000)}"`) }, 413, 'too-large'],
    [
      'a form',
      { raw: 'title=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported-media-type',
    ],
    ['plain text', { raw: '{}', headers: { 'content-type': 'text/plain' } }, 415, 'unsupported-media-type'],
  ];
  for (const [what, options, status, slug] of bodies) {
    it(`${what}: ${status} ${slug}`, async () => {
      assertProblem(await post(options), status, slug);
    });
  }

  it('answers a large body also where nobody would read it', async () => {
    const raw = text(`"${'x'.repeat(9_000_000)}"`);
    const anonymous = new Api(server().origin);
    for (let i = 0; i < 10; i++) {
      assertProblem(await post({ raw }), 413, 'too-large');
      assertProblem(await anonymous.call('POST', '/api/v1/tasks', { raw }), 401, 'unauthenticated');
    }
  });

  it('takes custom fields that are nested reasonably', async () => {
    assert.equal((await post({ raw: nested(20) })).status, 201);
  });

  it('refuses ids in the path that are none of ours', async () => {
    for (const id of ['%00', '..%2f..%2fetc', "T-1'--", 'x'.repeat(190), 'x'.repeat(3_000), '%E0%A4%A']) {
      const answer = await api().get(`/api/v1/tasks/${id}`);
      assert.ok([400, 404, 414].includes(answer.status), `${id}: ${answer.status}`);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, id);
    }
  });

  it('rejects unstorable text in a batch, naming it', async () => {
    const operation = create(wholeTask('T-NUL', 'P-X', { title: 'a\u0000b' }));
    assertProblem(await api().post('/api/v1/batch', { operations: [operation] }), 422, 'validation');
  });

  it('stores nothing of what it refused, and goes on', async () => {
    const { items } = await api().must('GET', '/api/v1/tasks');
    assert.equal(items.length, 1);
    assert.equal((await api().get('/health')).body.status, 'healthy');
    assert.equal(server().process.hasEnded, false);
  });

  it('answers what is not HTTP, and closes', async () => {
    const socket = connect(server().port, '127.0.0.1');
    socket.setEncoding('utf8').write('NONSENSE\r\n\r\n');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    await once(socket, 'close');
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.doesNotMatch(answer, /node_modules|\.ts:/);
  });
});
