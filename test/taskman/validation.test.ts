import assert from 'node:assert/strict';
import { compactJson, pythonJson } from '../support/taskman/python/json.ts';
import { JsonDecodeError, parseJson } from '../support/taskman/python/parseJson.ts';
import { floatText, repr } from '../support/taskman/python/text.ts';
import { PyFloat } from '../support/taskman/python/value.ts';
import { problemText } from '../support/taskman/schemas/problem.ts';
import { startTaskman, type Taskman } from '../support/taskman/taskman.ts';
import { api, type Body, call, seed, task } from './client.ts';

describe('TaskMan-v2 emulator: what pydantic says of a body', () => {
  let taskman: Taskman;
  before(async () => {
    taskman = await startTaskman({ database: 'sqlite' });
    await seed(taskman, [task('T-1')]);
  });
  after(() => taskman.stop());

  const refused: readonly (readonly [body: Body, type: string, msg: string, ctx?: object])[] = [
    [{ title: 1 }, 'string_type', 'Input should be a valid string'],
    [{ title: ' ' }, 'string_too_short', 'String should have at least 1 character', { min_length: 1 }],
    [{ owner: 'x'.repeat(101) }, 'string_too_long', 'String should have at most 100 characters', { max_length: 100 }],
    [
      { severity: 'high' },
      'enum',
      "Input should be 'sev1', 'sev2', 'sev3' or 'sev4'",
      { expected: "'sev1', 'sev2', 'sev3' or 'sev4'" },
    ],
    [{ estimate_points: -1 }, 'greater_than_equal', 'Input should be greater than or equal to 0', { ge: 0 }],
    [
      { estimate_points: 'many' },
      'float_parsing',
      'Input should be a valid number, unable to parse string as a number',
    ],
    [{ estimate_points: [] }, 'float_type', 'Input should be a valid number'],
    [
      { business_value_score: 1.5 },
      'int_from_float',
      'Input should be a valid integer, got a number with a fractional part',
    ],
    [{ business_value_score: 101 }, 'less_than_equal', 'Input should be less than or equal to 100', { le: 100 }],
    [{ automation_candidate: 'maybe' }, 'bool_parsing', 'Input should be a valid boolean, unable to interpret input'],
    [{ automation_candidate: 2 }, 'bool_parsing', 'Input should be a valid boolean, unable to interpret input'],
    [{ automation_candidate: {} }, 'bool_type', 'Input should be a valid boolean'],
    [{ labels: 'a' }, 'list_type', 'Input should be a valid list'],
    [{ quality_gates: [] }, 'dict_type', 'Input should be a valid dictionary'],
    [
      { due_at: 'soon' },
      'datetime_from_date_parsing',
      'Input should be a valid datetime or date, input is too short',
      { error: 'input is too short' },
    ],
  ];
  for (const [body, type, msg, ctx] of refused) {
    const [[field, input] = []] = Object.entries(body);
    it(`${type} for ${JSON.stringify(body).slice(0, 40)}`, async () => {
      const { status, json } = await call(taskman, 'PATCH', `${api}/tasks/T-1`, body);
      assert.equal(status, 422);
      assert.deepEqual(json.detail, [{ type, loc: ['body', field], msg, input, ...(ctx && { ctx }) }]);
    });
  }

  it('takes what pydantic converts', async () => {
    const body = { estimate_points: '3', business_value_score: 7.0, automation_candidate: 'yes', title: '  padded ' };
    const { text } = await call(taskman, 'PATCH', `${api}/tasks/T-1`, body);
    for (const part of [
      '"estimate_points":3.0',
      '"business_value_score":7',
      '"automation_candidate":true',
      '"title":"padded"',
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  const dates: readonly (readonly [unknown, string])[] = [
    ['2025-13-01', 'date_from_datetime_parsing'],
    ['2025-02-30', 'date_from_datetime_parsing'],
    ['2025-01-01T10:00:00+02', 'date_from_datetime_parsing'],
    ['2025-01-01T10:00:00.', 'date_from_datetime_parsing'],
    ['01/02/2025', 'date_from_datetime_parsing'],
    ['2025-01-01T00:00:01', 'date_from_datetime_inexact'],
    [true, 'date_type'],
    [[], 'date_type'],
  ];
  for (const [start_date, type] of dates) {
    it(`${type} for the date ${JSON.stringify(start_date)}`, async () => {
      const { json } = await call(taskman, 'PUT', `${api}/projects/P-1`, { start_date });
      assert.equal((json.detail as Body[])[0]?.type, type);
    });
  }

  it('problems of the query and of the body come together, the query first', async () => {
    const { json } = await call(taskman, 'POST', `${api}/plans/x/steps?after_step_id=a`, { id: 1 });
    assert.deepEqual(
      (json.detail as Body[]).map(({ loc }) => loc),
      [
        ['body', 'id'],
        ['body', 'order'],
        ['body', 'title'],
      ],
    );
    const { json: link } = await call(taskman, 'POST', `${api}/action-lists/x/tasks`);
    assert.deepEqual(link.detail, [{ type: 'missing', loc: ['query', 'task_id'], msg: 'Field required', input: null }]);
  });

  it('half a surrogate pair crashes the answer and stores nothing in a text', async () => {
    const { status } = await call(
      taskman,
      'POST',
      `${api}/tasks`,
      '{"id":"T-2","title":"\\ud800","summary":"s","owner":"o","primary_project":"P-1"}',
    );
    assert.deepEqual([status, taskman.active.row('tasks', 'T-2')], [500, undefined]);
  });
});

describe('TaskMan-v2 emulator: Python values', () => {
  const broken: readonly (readonly [string, string, number])[] = [
    ['{', 'Expecting property name enclosed in double quotes', 1],
    ['{"a":1,}', 'Expecting property name enclosed in double quotes', 7],
    ['{"a" 1}', "Expecting ':' delimiter", 5],
    ['{"a":1 "b"}', "Expecting ',' delimiter", 7],
    ['[1,]', 'Expecting value', 3],
    ['[1 2]', "Expecting ',' delimiter", 3],
    ['  ', 'Expecting value', 2],
    ['1 2', 'Extra data', 2],
    ['"a', 'Unterminated string starting at', 0],
    ['"a\n"', 'Invalid control character at', 2],
    ['"\\x"', 'Invalid \\escape', 1],
    ['"\\u12"', 'Invalid \\uXXXX escape', 2],
  ];
  for (const [text, message, position] of broken) {
    it(`json.loads(${JSON.stringify(text)})`, () => {
      assert.throws(
        () => parseJson(text),
        (error) => {
          assert.ok(error instanceof JsonDecodeError);
          assert.deepEqual([error.message, error.position], [message, position]);
          return true;
        },
      );
    });
  }

  it('keeps floats and ints apart through JSON', () => {
    const value = parseJson('{"a":[1,1.0,1e2,-0.5,null,true,"\\u017e\\n"]}');
    assert.equal(compactJson(value), '{"a":[1,1.0,100.0,-0.5,null,true,"ž\\n"]}');
    assert.equal(pythonJson(value), '{"a": [1, 1.0, 100.0, -0.5, null, true, "\\u017e\\n"]}');
  });

  it('writes floats as Python does', () => {
    const texts = [0, 10, 0.1, 1e16, 123456789012345680, 1e-5, 0.0001, 1e22].map(floatText);
    assert.deepEqual(texts, ['0.0', '10.0', '0.1', '1e+16', '1.2345678901234568e+17', '1e-05', '0.0001', '1e+22']);
  });

  it('shows values as repr does', () => {
    assert.equal(
      repr({ a: [null, true, 1, new PyFloat(2)], b: "it's", c: 'a"\'b\n' }),
      `{'a': [None, True, 1, 2.0], 'b': "it's", 'c': 'a"\\'b\\n'}`,
    );
  });

  it('shortens long inputs in the text of an error and counts the errors', () => {
    const problem = {
      type: 'string_type',
      loc: ['a', 0],
      msg: 'Input should be a valid string',
      input: ['x'.repeat(60)],
    };
    const text = problemText('M', [problem, problem]);
    assert.match(text, /^2 validation errors for M\na\.0\n {2}Input should be a valid string \[type=string_type, /);
    assert.ok(text.includes(`input_value=['${'x'.repeat(23)}...${'x'.repeat(22)}'], input_type=list]`));
  });
});
