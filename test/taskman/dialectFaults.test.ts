import assert from 'node:assert/strict';
import { fieldValue } from '../../src/core/entity.ts';
import { entityKinds } from '../../src/core/ids.ts';
import { isEmptyUpdate } from '../../src/core/operation.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { type BoundWorkspace, TaskmanBench } from '../support/taskmanBench.ts';
import { disturb, injectFault, randomOperations } from '../support/taskmanStorm.ts';

const seed = Number(process.env.FAULT_SEED ?? 20_261_125);
const operationCount = 2_000;

for (const database of ['sqlite', 'postgres'] as const) {
  describe(`TaskMan-v2 on ${database}: ${operationCount} operations in a storm, seed ${seed}`, function () {
    this.timeout(240_000);
    const bench = new TaskmanBench(database);

    it('leaves workspace and server equal, but for what the server has no place for', async () => {
      const random = seededRandom(seed);
      const injected: Record<string, number> = {};
      const count = (what: string) => {
        injected[what] = (injected[what] ?? 0) + 1;
      };
      const storm = new Storm(bench, random, count);
      let workspace = await bench.open();
      let made = 0;
      while (made < operationCount) {
        const operations = randomOperations(random, workspace.tracker.visible).filter((one) => !isEmptyUpdate(one));
        await workspace.tracker.commit(operations);
        made += operations.length;
        await storm.blow();
        if (random() < 0.12) await storm.sync(workspace);
        if (random() < 0.01) workspace = await storm.reopen(workspace);
      }
      storm.calm();
      await storm.settle(workspace);
      const { kept, dropped } = storm;
      console.log(
        `      injected ${JSON.stringify(injected)}; ${made} operations, ${dropped} in conflict, ${kept} syncs`,
      );
      assert.ok(Object.keys(injected).length > 5, 'the storm was one');
      await compare(workspace, bench);
    });
  });
}

/** What goes wrong between and within syncs. */
class Storm {
  kept = 0;
  dropped = 0;
  readonly #bench: TaskmanBench;
  readonly #random: () => number;
  readonly #count: (what: string) => void;

  constructor(bench: TaskmanBench, random: () => number, count: (what: string) => void) {
    this.#bench = bench;
    this.#random = random;
    this.#count = count;
  }

  async blow(): Promise<void> {
    const { taskman } = this.#bench;
    if (this.#random() < 0.05) this.#count(disturb(this.#random, this.#bench.tier));
    if (this.#random() < 0.05) this.#count(injectFault(this.#random, taskman));
    if (this.#bench.tier === taskman.primary && this.#random() < 0.01) {
      this.#count('changes of the database');
      taskman.faults.add({ when: 'before effect', times: 1, act: () => this.#change() });
    }
    if (this.#random() < 0.02) this.#heal();
  }

  /** Syncs, whatever comes of it; where it went through, no row may be missing but those that cannot be read. */
  async sync(workspace: BoundWorkspace): Promise<void> {
    const { error } = await workspace.tracker.sync(20_000);
    this.#bench.restore();
    if (error && !expectedErrors.has(error.code)) throw error;
    if (!error) this.#requireReadable(workspace);
    await this.#dropRefused(workspace);
  }

  /** The process ends without a farewell to the server, and another one goes on. */
  async reopen(workspace: BoundWorkspace): Promise<BoundWorkspace> {
    await workspace.close();
    return this.#bench.open();
  }

  calm(): void {
    this.#bench.taskman.faults.clear();
    this.#bench.restore();
    this.#heal();
  }

  async settle(workspace: BoundWorkspace): Promise<void> {
    for (let round = 0; round < 5; round++) {
      await this.sync(workspace);
      this.calm();
    }
    const left = workspace.tracker.queue();
    assert.deepEqual(
      left.map((one) => [one.state, one.problem?.message]),
      [],
    );
    await workspace.sync();
  }

  /** PostgreSQL goes, somebody asks for the health, and it comes back after the sync. */
  async #change(): Promise<void> {
    const { taskman } = this.#bench;
    taskman.primary.goDown();
    await fetch(`${taskman.origin}/health`);
  }

  #heal(): void {
    const { tier } = this.#bench;
    for (const row of tier.rows('tasks'))
      if (row.assignees === null) tier.write('tasks', String(row.id), { assignees: [] });
  }

  #requireReadable({ tracker }: BoundWorkspace): void {
    this.kept++;
    const pending = new Set(tracker.queue().map((one) => one.operation.id));
    const lost = this.#bench.tier
      .rows('tasks')
      .filter((row) => row.assignees !== null && !pending.has(String(row.id)))
      .filter((row) => !tracker.visible.get('task', String(row.id)));
    assert.deepEqual(
      lost.map((row) => row.id),
      [],
      'rows that can be read are seen',
    );
  }

  async #dropRefused({ tracker }: BoundWorkspace): Promise<void> {
    const refused = tracker.queue().filter((one) => one.state === 'conflict' || one.state === 'rejected');
    const unfair = refused.filter((one) => one.state === 'rejected');
    assert.deepEqual(
      unfair.map((one) => one.problem?.message),
      [],
    );
    this.dropped += await tracker.drop(refused.map((one) => one.operation.opId));
  }
}

const expectedErrors: ReadonlySet<string> = new Set([
  'offline',
  'timeout',
  'unavailable',
  'incompatible',
  'bad-answer',
]);

/** Field by field with what a new workspace reads, and id by id with the database. */
async function compare(workspace: BoundWorkspace, bench: TaskmanBench): Promise<void> {
  const fresh = await bench.open('fresh');
  await fresh.sync();
  const { localOnly } = workspace.client.capabilities;
  const ignored = ['version', 'createdAt', 'updatedAt', 'createdBy', 'updatedBy', 'startedAt', 'completedAt'];
  for (const kind of entityKinds) {
    const ours = [...workspace.tracker.visible.all(kind)];
    const table = ({ project: 'projects', sprint: 'sprints', task: 'tasks' } as const)[kind];
    const stored = bench.tier.rows(table).map((row) => String(row.id));
    assert.deepEqual(
      ours.map((one) => one.id).sort(),
      stored.filter((id) => !id.startsWith('S-BACKLOG-')).sort(),
      `${kind}: the same ids`,
    );
    for (const entity of ours) {
      const theirs = fresh.tracker.visible.get(kind, entity.id);
      assert.ok(theirs, entity.id);
      for (const field of Object.keys(entity)) {
        if (ignored.includes(field) || localOnly[kind].includes(field)) continue;
        const value = fieldValue(entity, field);
        const wanted = kind === 'task' && field === 'owner' ? (value ?? 'ana') : value;
        assert.deepEqual(fieldValue(theirs, field), wanted, `${entity.id}.${field}`);
      }
    }
  }
}
