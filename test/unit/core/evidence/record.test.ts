import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newEntity } from '../../../../src/core/draft.ts';
import { codexOf } from '../../../../src/core/evidence/codex.ts';
import { codexDimensions, dimensionProfiles, gateDimensions } from '../../../../src/core/evidence/dimensions.ts';
import { draftRecord } from '../../../../src/core/evidence/draftRecord.ts';
import { changedForm, entityForm, formChanges, formHash } from '../../../../src/core/evidence/entityForm.ts';
import { type EvidenceEvent, type EvidencePlace, operationEvent } from '../../../../src/core/evidence/event.ts';
import {
  actions,
  type EvidenceRecord,
  genesis,
  headOf,
  outcomes,
  recordHash,
  recordLine,
  sealRecord,
} from '../../../../src/core/evidence/record.ts';
import { type Operation, surfaces } from '../../../../src/core/operation.ts';
import type { Sprint } from '../../../../src/core/sprint.ts';
import type { Task } from '../../../../src/core/task.ts';
import { entityArbitrary, kindArbitrary } from '../../../support/arbitraries.ts';
import { means, place } from '../../../support/evidence.ts';
import { throwsWith } from '../../../support/rejects.ts';

const now = '2026-11-25T12:00:00.000Z';
const secret = `ghp_${'a1B2'.repeat(9)}`;
const task: Task = newEntity('task', 'T-1', taskFields(), now, 'ada');
const sprint: Sprint = newEntity('sprint', 'S-1', sprintFields(), now, 'ada');

function taskFields() {
  return {
    projectId: 'P-1',
    sprintId: 'S-1',
    title: 'Fix the login',
    priority: 'p0',
    status: 'in_progress',
    owner: 'bob',
    assignees: ['Çelik', 'ada'],
    estimatePoints: 2.5,
    dueAt: '2026-11-27T12:00:00.000Z',
    acceptanceCriteria: [
      { id: 'c1', text: 'A user can sign in', done: true },
      { id: 'c2', text: 'Errors are shown', done: false },
    ],
    custom: { größe: 1.5 },
  };
}

function sprintFields() {
  return { projectId: 'P-1', name: 'One', startDate: '2026-11-23', endDate: '2026-12-06' };
}

function operationOf(kind: Operation['kind'], surface: Operation['surface']): Operation {
  const header = {
    opId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    entity: 'task',
    id: 'T-1',
    at: now,
    account: 'ada',
    surface,
  } as const;
  if (kind === 'create') return { ...header, kind, data: task };
  if (kind === 'update') return { ...header, kind, set: { status: { from: 'in_progress', to: 'review' } }, sets: {} };
  return { ...header, kind, before: task };
}

const imagesOf = {
  create: { before: null, after: task },
  update: { before: task, after: { ...task, status: 'review', version: 2 } as Task },
  delete: { before: task, after: null },
  restore: { before: null, after: task },
} as const;

const circumstances = { correlationId: 'c-1', at: now, durationMs: 12.4 };
const ofUpdate: EvidenceEvent = operationEvent(operationOf('update', 'cli'), {
  ...circumstances,
  outcome: 'intent',
  ...imagesOf.update,
});

function recordOf(event: Partial<EvidenceEvent> = {}, where: EvidencePlace = { ...place, sprint }): EvidenceRecord {
  return sealRecord(genesis, draftRecord({ ...ofUpdate, ...event }, where, means), means.sha256);
}

describe('a record of the evidence ledger', () => {
  it('has all 13 dimensions, for every kind of operation on every surface with every outcome, of both profiles', () => {
    let count = 0;
    for (const kind of ['create', 'update', 'delete', 'restore'] as const)
      for (const surface of surfaces)
        for (const outcome of outcomes)
          for (const where of [place, { workspace: '', machine: '' }]) {
            const operation = operationOf(kind, surface);
            const event = operationEvent(operation, { ...circumstances, outcome, ...imagesOf[kind] });
            count += checkDimensions(recordOf(event, where));
          }
    const bare = { entity: 'account', id: 'ada', before: null, after: null, actor: ' ', correlationId: '' } as const;
    for (const action of actions) count += checkDimensions(recordOf({ ...bare, action }, place));
    assert.equal(count, (4 * surfaces.length * outcomes.length * 2 + actions.length) * 26);
  });

  it('says in them what a person asks', () => {
    const { cof } = recordOf({ reason: 'The review is due', command: 'task edit' });
    assert.deepEqual(cof, {
      identity: 'task T-1; operation 01ARZ3NDEKTSV4RRFFQ69G5FAV',
      intent: 'task edit; reason: The review is due',
      stakeholders: 'actor: ada; owner: bob; assignees: ada, Çelik',
      context: `workspace: ${place.workspace}; project: P-1; sprint: S-1; git: main at 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b`,
      scope: 'fields: status; entities: 1',
      time: `done: ${now}; took: 12 ms; due: in 2 days; day of the sprint: 3 of 14`,
      space: `back end: http://127.0.0.1:8000; machine: ${place.machine}; workspace: ${place.workspace}`,
      modality: 'cli; API; pending',
      state: 'status: in_progress to review; version: 1 to 2',
      scale: 'records: 1; bytes: 35',
      risk: 'p0',
      evidence: `before: ${recordOf().before_hash}; after: ${recordOf().after_hash}; acceptance criteria: 1 of 2 met; links: 0; commit: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b`,
      ethics: `private fields: none; redactions: none; permission: member; rules: ${means.rules}`,
    });
    assert.equal(codexOf(recordOf({ after: { ...task, status: 'done' } })).sacred_geometry, 'shape: Pentagon');
  });

  it('names the risks', () => {
    const gates = [
      { gate: 'wip-limit', result: 'warn', sentence: 'Six are in progress.', override: 'Short ones' },
    ] as const;
    const late = { ...task, dueAt: '2026-11-01T00:00:00.000Z', status: 'blocked' as const };
    const risk = recordOf({ before: late, after: null, action: 'delete', outcome: 'conflict', gates }).cof.risk;
    assert.equal(risk, 'destructive, overdue, p0, blocked, conflict, override, warned');
    assert.equal(recordOf({ after: { ...task, priority: 'p3' } }).cof.risk, 'none');
  });

  it('does not validate without one of them', () => {
    const draft = draftRecord(ofUpdate, place, means);
    for (const { id } of gateDimensions) {
      const { [id]: _missing, ...rest } = draft.cof;
      const error = throwsWith(
        () => sealRecord(genesis, { ...draft, cof: rest as typeof draft.cof }, means.sha256),
        'validation',
      );
      assert.equal(error.fields[0]?.path, `cof.${id}`);
      throwsWith(() => sealRecord(genesis, { ...draft, cof: { ...draft.cof, [id]: ' ' } }, means.sha256), 'validation');
    }
  });

  it('has profiles of 13 dimensions each that share no name', () => {
    for (const profile of Object.values(dimensionProfiles)) {
      assert.deepEqual(
        profile.map(({ order }) => order),
        Array.from({ length: 13 }, (_, index) => index + 1),
      );
    }
    const ids = new Set<string>(gateDimensions.map(({ id }) => id));
    assert.ok(codexDimensions.every(({ id }) => !ids.has(id)));
  });

  it('is linked to the one before it', () => {
    const first = recordOf();
    const second = sealRecord(headOf(first), draftRecord(ofUpdate, place, means), means.sha256);
    assert.equal(first.prev, '0'.repeat(64));
    assert.deepEqual([first.seq, second.seq, second.prev], [1, 2, first.hash]);
    assert.equal(recordHash(JSON.parse(recordLine(second)), means.sha256), second.hash);
    assert.equal(first.duration_ms, 12);
  });

  it('keeps no secret and no private value, whoever wrote it where', () => {
    const planted: Partial<EvidenceEvent> = {
      reason: `because ${secret}`,
      command: `task edit --label ${secret}`,
      actor: secret,
      correlationId: secret,
      gates: [{ gate: 'secrets', result: 'warn', sentence: `It has ${secret}.`, override: `My ${secret}` }],
      after: {
        ...task,
        title: `Use ${secret}`,
        labels: [secret, 'web'],
        owner: secret,
        links: [{ title: 'x', url: `https://ana:${secret}@example.com` }],
        custom: { key: secret },
        actualHours: 7,
      },
    };
    const record = recordOf(planted, { ...place, git: { branch: secret, commit: secret } });
    const line = recordLine(record);
    assert.ok(!line.includes(secret), line);
    assert.deepEqual(record.changes.labels?.[1], ['web', protectedOf('labels', secret)].sort());
    assert.equal(record.changes.title?.[1], protectedOf('title', `Use ${secret}`));
    assert.deepEqual(record.changes.actual_hours, [null, protectedOf('actual_hours', '7')]);
    assert.equal(
      record.cof.ethics,
      `private fields: actual_hours; redactions: title, owner, custom, labels, links; permission: member; rules: ${means.rules}`,
    );
    const facts = { origin: [null, `https://ana:${secret}@example.com`] } as const;
    const signIn = recordOf({ action: 'sign-in', entity: 'account', before: null, after: null, facts });
    assert.ok(!recordLine(signIn).includes(secret));
  });

  it('is no reason to fail where a text is too long or half a character', () => {
    const record = recordOf({ reason: `${'😀'.repeat(3_000)}\ud83d`, command: '\udc00' });
    assert.ok(record.cof.intent.length <= 2_000);
    assert.ok(record.cof.intent.startsWith('\ufffd; reason: 😀'));
  });

  it('keeps of what others did only the hashes', () => {
    const { changes, before_hash: before, after_hash: after } = recordOf({ action: 'remote', outcome: 'recorded' });
    assert.deepEqual(changes, {});
    assert.notEqual(before, after);
  });
});

describe('the form of an entity in the ledger', () => {
  it('can be hashed, and its changes lead from one to the other, for any two entities', () => {
    fc.assert(
      fc.property(
        kindArbitrary.chain((kind) => fc.tuple(entityArbitrary(kind), entityArbitrary(kind))),
        ([a, b]) => {
          const [before, after] = [entityForm(a, means), entityForm({ ...b, id: a.id } as typeof a, means)];
          const next = changedForm(before, formChanges(before, after));
          assert.equal(formHash(next, means.sha256), formHash(after, means.sha256));
          const made = changedForm({ id: a.id }, formChanges(null, after));
          assert.equal(formHash(made, means.sha256), formHash(after, means.sha256));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('holds decimals and custom as their canonical texts, and nothing that is empty or managed', () => {
    const form = entityForm({ ...task, actualHours: null, labels: [] }, means);
    assert.equal(form.estimate_points, '2.5');
    assert.equal(form.custom, '{"größe":1.5}');
    assert.deepEqual(
      ['labels', 'actual_hours', 'description', 'version', 'updated_at', 'completed_at'].filter((name) => name in form),
      [],
    );
  });

  it('has the same hash wherever and in whatever order its words were put', () => {
    const other = { ...task, version: 9, updatedAt: '2027-01-01T00:00:00.000Z', assignees: ['ada', 'Çelik'] };
    assert.equal(formHash(entityForm(other, means), means.sha256), formHash(entityForm(task, means), means.sha256));
  });
});

function protectedOf(field: string, value: string): string {
  return `hmac-sha256:${means.hmac(JSON.stringify([field, value]))}`;
}

/** @returns how many dimensions were there */
function checkDimensions(record: EvidenceRecord): number {
  const profiles = [
    [gateDimensions, record.cof],
    [codexDimensions, codexOf(record)],
  ] as const;
  for (const [dimensions, cof] of profiles) {
    assert.deepEqual(Object.keys(cof).sort(), dimensions.map(({ id }) => id).sort());
    for (const [id, text] of Object.entries(cof)) assert.ok(text.trim() !== '', `${id} of ${record.action} is empty`);
    for (const text of Object.values(cof)) assert.doesNotMatch(text, /undefined|null|NaN|\[object/);
  }
  return 26;
}
