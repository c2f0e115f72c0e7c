import assert from 'node:assert/strict';
import { answerError } from '../../../src/client/answerError.ts';

describe('the error that a problem document becomes', () => {
  const problem = { type: '/problems/unauthenticated', title: 'Not signed in', status: 401 };
  const errorOf = (more: object) =>
    answerError('http://127.0.0.1:8000', {
      status: 401,
      requestId: 'R',
      headers: new Map(),
      body: { ...problem, ...more },
    });

  it('says once what to do, although detail says it too', () => {
    const hint = 'Check both and try again.';
    const error = errorOf({ detail: `The user name or the password is wrong. ${hint}`, hint });
    assert.deepEqual([error.message, error.hint], ['The user name or the password is wrong', hint]);
  });

  it('understands how FastAPI names the fields that are wrong', () => {
    const detail = [
      { type: 'missing', loc: ['body', 'title'], msg: 'Field required', input: {} },
      { type: 'enum', loc: ['body', 'items', 0, 'status'], msg: 'Input should be new', ctx: {} },
    ];
    const answer = { status: 422, requestId: 'R', headers: new Map(), body: { detail } };
    const error = answerError('http://127.0.0.1:3001', answer);
    assert.deepEqual([error.code, error.retryable], ['validation', false]);
    assert.deepEqual(error.fields, [
      { path: 'title', code: 'missing', message: 'Field required' },
      { path: 'items.0.status', code: 'enum', message: 'Input should be new' },
    ]);
    assert.equal(answerError('http://x', { ...answer, body: { detail: 'Invalid transition' } }).code, 'bad-answer');
  });

  it('keeps a detail that says something else, or nothing but the hint', () => {
    assert.equal(errorOf({ detail: 'Something. Else.' }).message, 'Something. Else.');
    assert.equal(errorOf({ detail: 'Sign in.', hint: 'Sign in.' }).message, 'Sign in.');
  });
});
