import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bootstrapMessage, loginRequest } from '../../../src/api/auth.ts';
import { createBody, entityBodies, listAnswer, patchBody } from '../../../src/api/entities.ts';
import { isProblemSlug, problemBody, problemStatus, problemType } from '../../../src/api/problem.ts';
import { batchRequest, formatDataset, parseDataset } from '../../../src/api/sync.ts';
import { editableFields, managedFields } from '../../../src/core/entity.ts';
import { entityKinds } from '../../../src/core/ids.ts';
import { entityToWire, wireName } from '../../../src/core/wire.ts';
import { entityArbitrary } from '../../support/arbitraries.ts';

describe('the wire contract', () => {
  for (const kind of entityKinds) {
    it(`describes every ${kind} that core knows`, () => {
      fc.assert(
        fc.property(entityArbitrary<typeof kind>(kind), (entity) => {
          const wire = entityToWire(kind, entity);
          assert.deepEqual(entityBodies[kind].parse(wire), wire);
          const list = { items: [wire], total: 1, limit: 50, offset: 0, next_cursor: null };
          assert.deepEqual(listAnswer(kind).parse(list), list);
        }),
        { numRuns: 30 },
      );
    });

    it(`lets people write exactly the writable fields of a ${kind}`, () => {
      const writable = editableFields(kind).map(wireName).sort();
      assert.deepEqual(Object.keys(patchBody(kind).shape).sort(), writable);
      assert.deepEqual(Object.keys(createBody(kind).shape).sort(), [...writable, 'id'].sort());
      for (const field of managedFields) {
        assert.ok(!patchBody(kind).safeParse({ [wireName(field)]: null }).success, field);
      }
      assert.ok(patchBody(kind).safeParse({}).success);
    });
  }

  it('asks for the least that makes an entity', () => {
    assert.ok(createBody('project').safeParse({ name: 'x' }).success);
    assert.ok(!createBody('project').safeParse({}).success);
    assert.ok(createBody('task').safeParse({ project_id: 'P-1', title: 'x', id: 'T-1' }).success);
    assert.ok(!createBody('task').safeParse({ title: 'x' }).success);
    assert.ok(!createBody('task').safeParse({ project_id: 'P-1', title: 'x', id: 'S-1' }).success);
    assert.ok(!createBody('sprint').safeParse({ project_id: 'P-1', name: 'x', colour: 'red' }).success);
  });

  it('gives every problem a status of an error', () => {
    for (const [slug, status] of Object.entries(problemStatus)) {
      assert.ok(isProblemSlug(slug));
      assert.ok(status >= 400 && status < 600);
      assert.equal(problemType(slug), `/problems/${slug}`);
    }
    assert.ok(!isProblemSlug('offline') && !isProblemSlug('toString'));
  });

  it('keeps the facts of a problem that it does not know', () => {
    const problem = { type: '/problems/conflict', title: 'x', status: 409, detail: 'y', from: 'new' };
    assert.deepEqual(problemBody.parse(problem), problem);
  });

  it('writes and reads which data stands behind an answer', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9-]{1,30}$/), fc.nat(), (datasetId, epoch) => {
        assert.deepEqual(parseDataset(formatDataset(datasetId, epoch)), { datasetId, epoch });
      }),
    );
    for (const bad of ['', 'd1', 'd1;epoch=', 'd1;epoch=x', ';epoch=1'])
      assert.equal(parseDataset(bad), undefined, bad);
  });

  it('bounds requests', () => {
    assert.ok(!batchRequest.safeParse({ operations: [] }).success);
    assert.ok(!batchRequest.safeParse({ operations: Array.from({ length: 1_001 }, () => ({})) }).success);
    assert.ok(!loginRequest.safeParse({ username: 'ada', password: '' }).success);
    assert.ok(!loginRequest.safeParse({ username: 'ada', password: 'x', role: 'admin' }).success);
  });

  it('makes the two proofs of a bootstrap different from each other', () => {
    const proofs = (['server', 'client'] as const).map((side) =>
      bootstrapMessage(side, 'http://127.0.0.1:1', 'a', 'b'),
    );
    assert.equal(new Set(proofs).size, 2);
  });
});
