import assert from 'node:assert/strict';
import type { Draft } from '../../../../src/core/draft.ts';
import { type Entity, kindOf } from '../../../../src/core/entity.ts';
import { draftRecord } from '../../../../src/core/evidence/draftRecord.ts';
import { operationEvent } from '../../../../src/core/evidence/event.ts';
import { genesis, sealRecord } from '../../../../src/core/evidence/record.ts';
import { createOperation, deleteOperations, statusOperations, updateOperation } from '../../../../src/core/expand.ts';
import {
  blocking,
  evaluateGates,
  type GateQuestion,
  type LedgerView,
} from '../../../../src/core/gates/evaluateGates.ts';
import { GateFacts, type GateView } from '../../../../src/core/gates/gateFacts.ts';
import { defaultGateSettings, type GateMode, gateModes } from '../../../../src/core/gates/settings.ts';
import { type GateId, type GateVerdict, gateIds } from '../../../../src/core/gates/verdict.ts';
import type { EntityKind } from '../../../../src/core/ids.ts';
import type { Operation } from '../../../../src/core/operation.ts';
import type { VisibleState } from '../../../../src/core/ports.ts';
import { authorNamed } from '../../../support/author.ts';
import { means, place } from '../../../support/evidence.ts';
import { throwsWith } from '../../../support/rejects.ts';

const author = authorNamed();
const token = `ghp_${'a1B2'.repeat(9)}`;

/** What a person sees. */
class World implements GateView {
  readonly #entities = new Map<string, Entity>();

  constructor() {
    this.put('project', 'P-1', { name: 'One' });
    this.put('project', 'P-2', { name: 'Two' });
    this.put('sprint', 'S-1', { projectId: 'P-1', name: 'Sprint', velocityTargetPoints: 10 });
    this.put('task', 'T-1', { projectId: 'P-1', title: 'Fix the login page', status: 'ready', estimatePoints: 6 });
  }

  get: VisibleState['get'] = (_kind, id) => this.#entities.get(id) as never;
  all: VisibleState['all'] = (kind) => [...this.#entities.values()].filter((one) => kindOf(one) === kind) as never;
  tasksOf: VisibleState['tasksOf'] = (parentId) =>
    [...this.all('task')].filter(({ projectId, sprintId }) => projectId === parentId || sprintId === parentId);

  get facts(): GateFacts {
    return new GateFacts(
      this,
      [...this.all('task')].map(({ id }) => id),
    );
  }

  put(kind: EntityKind, id: string, draft: Draft): Entity {
    const operation = createOperation(author, kind, id, draft);
    assert.ok(operation.kind === 'create');
    this.#entities.set(id, operation.data);
    return operation.data;
  }

  entity(id: string): Entity {
    return this.#entities.get(id)!;
  }

  /** With one more task. */
  with(id: string, draft: Draft): this {
    this.put('task', id, { projectId: 'P-1', title: `Something about ${id.slice(2)}`, ...draft });
    return this;
  }

  update(id: string, draft: Draft): Operation[] {
    return [updateOperation(author, id.startsWith('T') ? 'task' : 'sprint', this.entity(id), draft)];
  }

  move(id: string, status: string): Operation[] {
    return statusOperations(author, 'task', this.entity(id), status);
  }
}

const create = (draft: Draft) => [
  createOperation(author, 'task', 'T-9', { projectId: 'P-1', title: 'Another matter', ...draft }),
];

/** An operation that no form and no command makes, but a file or a program may. */
function broken(world: World, set: Readonly<Record<string, unknown>>): Operation[] {
  const operation = updateOperation(author, 'task', world.entity('T-1'), {});
  assert.ok(operation.kind === 'update');
  const from = (field: string) => (world.entity('T-1') as unknown as Record<string, unknown>)[field];
  const changes = Object.entries(set).map(([field, to]) => [field, { from: from(field), to }]);
  return [{ ...operation, set: Object.fromEntries(changes) }];
}

interface Case {
  readonly passes: readonly ((world: World) => Operation[])[];
  readonly objects: readonly (readonly [(world: World) => Operation[], RegExp])[];
  readonly question?: (isGood: boolean) => Partial<GateQuestion>;
}

const dimensionsOf: LedgerView['dimensionsOf'] = ({ operation, before, after }) => {
  const circumstances = {
    correlationId: 'c',
    outcome: 'intent',
    at: operation.at,
    durationMs: 0,
    before,
    after,
  } as const;
  return draftRecord(operationEvent(operation, circumstances), place, means).cof;
};
const ledger: LedgerView = { dimensionsOf };
const fault = { file: '2026-11.jsonl', line: 3, law: 'verifiability', message: '' } as const;
const criteria = [
  { id: 'a', text: 'It works', done: true },
  { id: 'b', text: 'It is fast', done: false },
];

const cases: Readonly<Record<GateId, Case>> = {
  dimensions: {
    passes: [() => create({}), (world) => world.move('T-1', 'done')],
    objects: [[() => create({}), /^T-9 says nothing about ethics\.$/]],
    question: (isGood) =>
      isGood ? {} : { ledger: { dimensionsOf: (step) => ({ ...dimensionsOf(step), ethics: ' ' }) } },
  },
  secrets: {
    passes: [() => create({ title: 'Rotate the token of GitHub' }), (world) => world.update('T-1', { title: 'Now' })],
    objects: [
      [() => create({ title: `Use ${token}` }), /^T-9: title holds what looks like a GitHub token; everybody/],
      [(world) => world.update('T-1', { description: `Use ${token}` }), /^T-1: description holds/],
      [(world) => world.update('T-1', { custom: { deep: [{ key: token }] } }), /^T-1: custom holds/],
      [() => create({ acceptanceCriteria: [{ ...criteria[0]!, text: token }] }), /acceptance_criteria holds/],
    ],
  },
  chain: {
    passes: [() => create({})],
    objects: [[() => create({}), /^The evidence ledger is damaged \(2026-11\.jsonl, line 3: verifiability\)/]],
    question: (isGood) => (isGood ? {} : { ledger: { dimensionsOf, fault } }),
  },
  schema: {
    passes: [(world) => world.update('T-1', { title: 'Better' }), (world) => deleteOf(world, 'T-1')],
    objects: [
      [(world) => broken(world, { title: '' }), /^T-1: title is not valid: must not be empty/],
      [(world) => broken(world, { status: 'blocked' }), /^T-1: a task that is blocked needs blocked_reason\. Give/],
    ],
  },
  lifecycle: {
    passes: [(world) => world.move('T-1', 'done')],
    objects: [[(world) => broken(world, { status: 'done' }), /^T-1: a task cannot go from ready to done\. From ready/]],
  },
  relations: {
    passes: [(world) => world.update('T-1', { sprintId: 'S-1' })],
    objects: [
      [(world) => world.update('T-1', { sprintId: 'S-404' }), /^T-1: there is no sprint S-404/],
      [(world) => world.update('T-1', { dependsOn: ['T-1'] }), /^T-1: T-1 would depend on itself/],
      [() => create({ projectId: 'P-2', sprintId: 'S-1' }), /^T-9: sprint S-1 belongs to P-1/],
    ],
  },
  'open-criteria': {
    passes: [
      (world) => world.move('T-1', 'done'),
      (world) => moved(world, { acceptanceCriteria: [criteria[0]] }, 'done'),
      (world) => moved(world, { acceptanceCriteria: criteria }, 'review'),
      (world) => moved(world, { acceptanceCriteria: criteria }, 'dropped'),
    ],
    objects: [
      [
        (world) => moved(world, { acceptanceCriteria: criteria }, 'done'),
        /^T-2 is to be done, but 1 of 2 acceptance criteria are open\.$/,
      ],
    ],
  },
  'unfinished-dependency': {
    passes: [
      (world) => moved(world.with('T-3', { status: 'done' }), { dependsOn: ['T-3'] }, 'in_progress'),
      (world) => moved(world, { dependsOn: ['T-1'] }, 'dropped'),
      (world) => world.move('T-1', 'in_progress'),
    ],
    objects: [
      [(world) => moved(world, { dependsOn: ['T-1'] }, 'in_progress'), /^T-2 depends on T-1, which is ready\.$/],
      [(world) => moved(world, { dependsOn: ['T-1'] }, 'done'), /^T-2 depends on T-1, which is ready\.$/],
    ],
  },
  'wip-limit': {
    passes: [
      (world) => moved(busy(world, 4), { owner: 'ana' }, 'in_progress'),
      (world) => moved(busy(world, 5), {}, 'in_progress'),
      (world) => moved(busy(world, 5), { owner: 'bob' }, 'in_progress'),
      (world) => busy(world, 9).update('T-103', { title: 'Renamed' }),
      (world) => [...busy(world, 5).move('T-101', 'done'), ...moved(world, { owner: 'ana' }, 'in_progress')],
      (world) => busy(world, 7).move('T-101', 'review'),
    ],
    objects: [
      [
        (world) => moved(busy(world, 5), { owner: 'ana' }, 'in_progress'),
        /^ana would have 6 tasks in progress; the limit is 5\.$/,
      ],
      [(world) => moved(busy(world, 5), { owner: 'bob', status: 'in_progress' }, null), /^ana would have 6/],
    ],
  },
  'ownerless-p0': {
    passes: [
      () => create({ priority: 'p0', owner: 'ana' }),
      () => create({ priority: 'p1' }),
      () => create({ priority: 'p0', status: 'done' }),
      (world) => world.with('T-2', { priority: 'p0' }).update('T-2', { title: 'It had none before' }),
    ],
    objects: [
      [() => create({ priority: 'p0' }), /^T-9 is p0 and has no owner\.$/],
      [(world) => world.update('T-1', { priority: 'p0' }), /^T-1 is p0/],
    ],
  },
  'sprint-capacity': {
    passes: [
      (world) => world.update('T-1', { sprintId: 'S-1' }),
      (world) => [...full(world).update('T-2', { sprintId: null }), ...world.update('T-1', { sprintId: 'S-1' })],
      (world) => full(world).update('T-2', { estimatePoints: 7 }),
      (world) => full(world).update('T-1', { estimatePoints: 90 }),
    ],
    objects: [
      [
        (world) => full(world).update('T-1', { sprintId: 'S-1' }),
        /^S-1 would hold 14\.2 points; its capacity is 10\.$/,
      ],
      [(world) => full(world).update('T-2', { estimatePoints: 10.5 }), /^S-1 would hold 10\.6 points/],
    ],
  },
  'duplicate-title': {
    passes: [
      () => create({ title: 'Fix the logout page' }),
      () => create({ title: 'Fix the login page', projectId: 'P-2' }),
      (world) => world.update('T-1', { title: 'The login page: fix' }),
      (world) => world.update('T-1', { priority: 'p1' }),
      (world) => [...deleteOf(world, 'T-1'), ...create({ title: 'Fix the login page' })],
    ],
    objects: [
      [() => create({ title: 'fix LOGIN page!' }), /^T-9 says nearly the same as T-1 \(“Fix the login page”\)\.$/],
      [() => create({ title: 'Fix the login page now' }), /^T-9 says nearly the same as T-1/],
      [() => [...create({ title: 'Alpha beta' }), ...second('beta, Alpha')], /^T-10 says nearly the same as T-9/],
    ],
  },
};

function second(title: string): Operation[] {
  return [createOperation(author, 'task', 'T-10', { projectId: 'P-1', title })];
}

function deleteOf(world: World, id: string): Operation[] {
  return deleteOperations(author, 'task', world.entity(id), { sprints: [], tasks: [] }, false);
}

/** A ready task that is then moved; without a status, one that ana takes over. */
function moved(world: World, draft: Draft, status: string | null): Operation[] {
  world.with('T-2', { status: 'ready', ...draft });
  return status === null ? world.update('T-2', { owner: 'ana' }) : world.move('T-2', status);
}

/** Ana has so many tasks in progress. */
function busy(world: World, count: number): World {
  for (let index = 1; index <= count; index++) world.with(`T-10${index}`, { owner: 'ana', status: 'in_progress' });
  return world;
}

/** Sprint S-1 holds 8.2 of its 10 points; dropped tasks do not count. */
function full(world: World): World {
  world.with('T-2', { sprintId: 'S-1', estimatePoints: 8.1 });
  world.with('T-3', { sprintId: 'S-1', estimatePoints: 50, status: 'dropped' });
  world.with('T-4', { sprintId: 'S-1', estimatePoints: 0.1, status: 'done' });
  return world;
}

/** What one gate says. */
function ask(
  gate: GateId,
  mode: GateMode,
  operations: (world: World) => Operation[],
  more: Partial<GateQuestion> = {},
) {
  const world = new World();
  const settings = { ...defaultGateSettings, modes: only(gate, mode) };
  const asked = { operations: operations(world), visible: world, facts: world.facts, settings, ledger, ...more };
  return evaluateGates(asked)[0];
}

describe('the quality gates', () => {
  for (const gate of gateIds) {
    const { passes, objects, question = () => ({}) } = cases[gate];

    it(`${gate}: passes what is in order`, () => {
      for (const operations of passes) {
        const verdict = ask(gate, 'block', operations, question(true));
        assert.equal(verdict?.result, 'pass', `${operations}: ${verdict?.sentence}`);
        assert.match(verdict?.sentence ?? '', /^[A-Z].*\.$/);
      }
    });

    for (const mode of gateModes) {
      it(`${gate}: ${mode === 'off' ? 'is silent' : `${mode}s`} where it is set to ${mode}`, () => {
        for (const [operations, sentence] of objects) {
          const verdict = ask(gate, mode, operations, question(false));
          assert.equal(verdict?.result, mode === 'off' ? undefined : mode);
          if (verdict) assert.match(verdict.sentence, sentence);
          assert.equal(blocking(verdict ? [verdict] : []).length, mode === 'block' ? 1 : 0);
        }
      });
    }

    it(`${gate}: lets through what is overridden with a reason, and records it`, () => {
      for (const [operations] of objects) {
        const overrides = { [gate]: ' Agreed with Bob ' };
        const verdict = ask(gate, 'block', operations, { ...question(false), overrides })!;
        assert.deepEqual([verdict.result, verdict.override], ['block', 'Agreed with Bob']);
        assert.deepEqual(blocking([verdict]), []);
        const empty = ask(gate, 'block', operations, { ...question(false), overrides: { [gate]: ' ' } })!;
        assert.equal(blocking([empty]).length, 1);
        assert.deepEqual(recorded([verdict]), [verdict]);
      }
    });
  }

  it('block by default what is invalid, and warn of everything else', () => {
    const blocked = gateIds.filter((gate) => defaultGateSettings.modes[gate] === 'block');
    assert.deepEqual(blocked, ['schema', 'lifecycle', 'relations']);
    assert.ok(gateIds.every((gate) => blocked.includes(gate) || defaultGateSettings.modes[gate] === 'warn'));
  });

  it('are all asked, and say one thing each', () => {
    const world = new World();
    const operations = create({ priority: 'p0', title: 'Fix the login page', description: token });
    const question = { operations, visible: world, facts: world.facts, settings: defaultGateSettings, ledger };
    const verdicts = evaluateGates(question);
    assert.deepEqual(
      verdicts.map(({ gate }) => gate),
      gateIds,
    );
    const warned = verdicts.filter(({ result }) => result === 'warn').map(({ gate }) => gate);
    assert.deepEqual(warned, ['secrets', 'ownerless-p0', 'duplicate-title']);
    assert.ok(!JSON.stringify(verdicts).includes(token));
  });

  it('do not judge what was changed meanwhile', () => {
    const world = new World();
    const [operation] = world.update('T-1', { title: 'Mine' });
    world.put('task', 'T-1', { projectId: 'P-1', title: 'Theirs' });
    const question = { visible: world, facts: world.facts, settings: defaultGateSettings, ledger };
    throwsWith(() => evaluateGates({ ...question, operations: [operation!] }), 'conflict');
  });

  it('do not ask of a ledger where there is none', () => {
    const world = new World();
    const question = { operations: create({}), visible: world, facts: world.facts, settings: defaultGateSettings };
    const asked = evaluateGates(question).map(({ gate }) => gate);
    assert.deepEqual(
      gateIds.filter((gate) => !asked.includes(gate)),
      ['dimensions', 'chain'],
    );
  });

  it('take the word of the check for what it has checked', () => {
    const world = new World();
    const operations = broken(world, { status: 'done', projectId: 'P-9', estimatePoints: -1 });
    const question = { operations, visible: world, facts: world.facts, settings: defaultGateSettings };
    assert.equal(blocking(evaluateGates(question)).length, 3);
    assert.deepEqual(blocking(evaluateGates({ ...question, isChecked: true })), []);
  });

  it('ask for no limit of work in progress where it is 0', () => {
    const operations = (world: World) => moved(busy(world, 9), { owner: 'ana' }, 'in_progress');
    const settings = { modes: only('wip-limit', 'warn'), wipLimit: 0 };
    assert.equal(ask('wip-limit', 'warn', operations, { settings })?.result, 'pass');
  });
});

/** The mode of one gate, while the others are off. */
function only(gate: GateId, mode: GateMode): Record<GateId, GateMode> {
  const off = Object.fromEntries(gateIds.map((id) => [id, 'off'])) as Record<GateId, GateMode>;
  return { ...off, [gate]: mode };
}

/** The gates as a record of the ledger keeps them. */
function recorded(gates: readonly GateVerdict[]): unknown {
  const circumstances = { correlationId: 'c', outcome: 'intent', at: author.now(), durationMs: 0, gates } as const;
  const [operation] = create({});
  const event = operationEvent(operation!, { ...circumstances, before: null, after: null });
  return sealRecord(genesis, draftRecord(event, place, means), means.sha256).gates;
}
