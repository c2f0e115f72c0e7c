import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DtmError, isDtmError, systemCode } from '../../../src/core/errors.ts';
import { day, instant, title } from '../../../src/core/fields.ts';
import { entityKinds, kindOfId, newEntityId, prefixOf } from '../../../src/core/ids.ts';
import { jsonEqual } from '../../../src/core/json.ts';
import { stateHome } from '../../../src/core/stateHome.ts';
import { entityFromWire, entityToWire, fieldOfWireName, parseField, wireName } from '../../../src/core/wire.ts';
import { entityArbitrary } from '../../support/arbitraries.ts';
import { throwsWith } from '../../support/rejects.ts';

describe('ids', () => {
  it('are made of their prefix and ten characters, and tell their kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), fc.constantFrom(...entityKinds), (bytes, kind) => {
        const id = newEntityId(kind, () => bytes);
        assert.match(id, /^[PST]-[0-9A-HJKMNP-TV-Z]{10}$/);
        assert.ok(id.startsWith(prefixOf(kind)));
        assert.equal(kindOfId(id), kind);
      }),
    );
  });

  it('of another form have no kind', () => {
    for (const bad of ['', 'T-', 'X-1', 't-1', 'T-ü', 'T-1\n', `T-${'x'.repeat(65)}`, '../T-1']) {
      assert.equal(kindOfId(bad), undefined, bad);
    }
  });
});

describe('jsonEqual', () => {
  const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)));

  it('says what deep equality says, also of a copy', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        assert.ok(jsonEqual(a, structuredClone(a)));
        let same = true;
        try {
          assert.deepEqual(a, b);
        } catch {
          same = false;
        }
        assert.equal(jsonEqual(a, b), same);
      }),
      { numRuns: 500 },
    );
  });

  it('minds order in arrays, not in objects', () => {
    assert.ok(jsonEqual({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }));
    assert.ok(!jsonEqual([1, 2], [2, 1]));
    assert.ok(!jsonEqual({}, []) && !jsonEqual(null, {}) && !jsonEqual({ a: undefined }, { b: undefined }));
  });
});

describe('DtmError', () => {
  it('carries code, hint, cause and facts', () => {
    const cause = Object.assign(new Error('denied'), { code: 'EACCES' });
    const error = new DtmError('cannot-write', 'no', { hint: 'Do.', cause, retryable: true, details: { a: 1 } });
    assert.deepEqual(
      [isDtmError(error), isDtmError(error, 'cannot-write'), isDtmError(error, 'offline')],
      [true, true, false],
    );
    assert.equal(systemCode(error.cause), 'EACCES');
    assert.deepEqual([error.hint, error.retryable, error.fields, error.details], ['Do.', true, [], { a: 1 }]);
    assert.ok(!isDtmError(cause) && systemCode('EACCES') === undefined && systemCode(new Error('x')) === undefined);
  });
});

describe('stateHome', () => {
  it('follows DTM_STATE_HOME, then the platform', () => {
    const home = (platform: string, env: Record<string, string>) => stateHome({ platform, env, home: '/home/ada' });
    assert.equal(home('linux', { DTM_STATE_HOME: '/x', XDG_STATE_HOME: '/y' }), '/x');
    assert.equal(home('linux', { XDG_STATE_HOME: '/y' }), '/y/dtm');
    assert.equal(home('linux', { DTM_STATE_HOME: '' }), '/home/ada/.local/state/dtm');
    assert.equal(home('darwin', {}), '/home/ada/Library/Application Support/dtm');
    assert.equal(home('win32', { LOCALAPPDATA: 'C:\\L' }), 'C:\\L\\dtm');
  });
});

describe('fields', () => {
  it('take days and moments that exist', () => {
    for (const good of ['2026-01-31', '2024-02-29']) assert.ok(day.safeParse(good).success, good);
    for (const bad of ['2026-02-29', '2026-13-01', '31.01.2026', '']) assert.ok(!day.safeParse(bad).success, bad);
    for (const good of ['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00+02:00']) {
      assert.ok(instant.safeParse(good).success, good);
    }
    for (const bad of ['2026-01-31', '2026-02-30T12:00:00Z', 'now']) assert.ok(!instant.safeParse(bad).success, bad);
  });

  it('keep moments in UTC with milliseconds, whatever was given', () => {
    for (const given of ['2026-01-31T12:00:00.000Z', '2026-01-31T14:00:00+02:00', '2026-01-31T12:00:00Z']) {
      assert.equal(parseField('task', 'dueAt', given), '2026-01-31T12:00:00.000Z');
    }
    assert.equal(instant.parse('9999-12-31T23:59:59-01:00'), '9999-12-31T23:59:59-01:00');
  });

  it('take titles that can be seen', () => {
    assert.ok(title(5).safeParse('abcde').success);
    for (const bad of ['', ' \t', 'abcdef', 'a\u0000']) assert.ok(!title(5).safeParse(bad).success, bad);
  });
});

describe('names of the wire', () => {
  it('are snake_case and lead back to the field', () => {
    assert.equal(wireName('acceptanceCriteria'), 'acceptance_criteria');
    assert.equal(fieldOfWireName('task', 'acceptance_criteria'), 'acceptanceCriteria');
    assert.equal(fieldOfWireName('project', 'acceptance_criteria'), undefined);
    assert.equal(fieldOfWireName('task', 'constructor'), undefined);
  });

  it('appear in the complaints about a value', () => {
    const error = throwsWith(() => parseField('task', 'dueAt', 'tomorrow'), 'validation');
    assert.match(error.message, /^due_at is not valid/);
    assert.equal(error.fields[0]?.path, 'due_at');
    assert.match(throwsWith(() => parseField('task', 'colour', 1), 'validation').message, /a task has no field colour/);
  });

  it('tell every wrong field of an entity at once, and ignore unknown ones', () => {
    const task = fc.sample(entityArbitrary('task'), 1)[0]!;
    const wire = entityToWire('task', task);
    assert.deepEqual(entityFromWire('task', { ...wire, added_in_v2: true }), task);
    const broken = { ...wire, due_at: 'never', status: 'odd', acceptance_criteria: [{ id: 'c', text: 1, done: true }] };
    const error = throwsWith(() => entityFromWire('task', broken), 'validation');
    assert.deepEqual(error.fields.map((field) => field.path).sort(), [
      'acceptance_criteria.0.text',
      'due_at',
      'status',
    ]);
  });
});
