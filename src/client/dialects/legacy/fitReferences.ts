import type { EntityByKind } from '../../../core/entity.ts';
import { kindOf } from '../../../core/entity.ts';
import type { ForeignProblem, KnownEntities, MadeProject } from '../../../core/foreignTable.ts';
import { type CycleEdge, cycleEdges } from './cycleEdges.ts';
import { type Draft, keepBeside, type Place } from './draft.ts';
import { homeless } from './legacyRows.ts';

type Task = EntityByKind['task'];
type TaskDraft = Draft & { entity: Task };
const mostDependencies = 200;

/** A row that says which tasks wait for it. */
export interface Blocking extends Place {
  readonly blocker: string;
  readonly blocked: readonly string[];
}

/** Makes drafts refer only to each other and to what the tracker has; whatever else they named is told. */
export class ReferenceFitting {
  readonly problems: ForeignProblem[] = [];
  readonly madeProjects: MadeProject[] = [];
  /** Drafts that were left out, since there is nothing that they could belong to. */
  readonly leftOut: Draft[] = [];
  readonly #drafts: Map<string, Draft>;
  readonly #known: KnownEntities;
  /** Where a dependency was said by the task that it is on. */
  readonly #saidByBlocker = new Map<string, Place>();

  /** @param drafts by id, parents first; those that cannot be are taken out */
  constructor(drafts: Map<string, Draft>, known: KnownEntities) {
    this.#drafts = drafts;
    this.#known = known;
  }

  fit(blockings: readonly Blocking[]): void {
    this.#fitProjects();
    for (const blocking of blockings) this.#fitBlocking(blocking);
    for (const draft of this.#tasks()) {
      this.#fitSprint(draft);
      this.#fitParent(draft);
      this.#fitDependencies(draft);
    }
    this.#cutCycles('parentId', ({ parentId }) => (parentId === null ? [] : [parentId]));
    this.#cutCycles('dependsOn', ({ dependsOn }) => dependsOn);
  }

  *#tasks(): Generator<TaskDraft> {
    for (const draft of this.#drafts.values()) if (kindOf(draft.entity) === 'task') yield draft as TaskDraft;
  }

  #find(id: string) {
    return this.#drafts.get(id)?.entity ?? this.#known.find(id);
  }

  /** A project that rows name and nobody has is made; one that was deleted here takes its rows with it. */
  #fitProjects(): void {
    const made = new Map<string, { sprints: number; tasks: number }>();
    for (const [id, draft] of this.#drafts) {
      if (!('projectId' in draft.entity)) continue;
      const { projectId } = draft.entity;
      if (this.#find(projectId)) continue;
      if (this.#known.isKnown(projectId)) this.#leaveOut(id, draft, projectId);
      else {
        const count = made.get(projectId) ?? { sprints: 0, tasks: 0 };
        made.set(projectId, count);
        count[kindOf(draft.entity) === 'sprint' ? 'sprints' : 'tasks']++;
      }
    }
    for (const [id, count] of made) this.madeProjects.push({ id, ...count, isForHomeless: id === homeless.id });
  }

  #leaveOut(id: string, draft: Draft, projectId: string): void {
    const { file, line, columns } = draft;
    const message = `project ${projectId} was deleted here: the row is left out`;
    this.problems.push({ file, line, column: columns.projectId, message });
    this.#drafts.delete(id);
    this.leftOut.push(draft);
  }

  #fitSprint(draft: TaskDraft): void {
    const { sprintId, projectId } = draft.entity;
    if (sprintId === null) return;
    const sprint = this.#find(sprintId) as EntityByKind['sprint'] | null;
    if (sprint?.projectId === projectId) return;
    const why = sprint ? `${sprintId} belongs to ${sprint.projectId}, not to ${projectId}` : this.#whyMissing(sprintId);
    draft.entity = { ...draft.entity, sprintId: null };
    this.#lose({ ...draft, column: draft.columns.sprintId, draft }, [sprintId], false, why);
  }

  #fitParent(draft: TaskDraft): void {
    const { parentId } = draft.entity;
    if (parentId === null || this.#find(parentId)) return;
    draft.entity = { ...draft.entity, parentId: null };
    this.#lose({ ...draft, column: draft.columns.parentId, draft }, [parentId], false, this.#whyMissing(parentId));
  }

  #fitDependencies(draft: TaskDraft): void {
    const { id, dependsOn } = draft.entity;
    for (const other of dependsOn) {
      if (other !== id && this.#find(other)) continue;
      this.#loseDependency(draft, other, other === id ? `${id} cannot depend on itself` : this.#whyMissing(other));
    }
  }

  /** A task that blocks another is one on which that depends. */
  #fitBlocking(blocking: Blocking): void {
    const { blocker, blocked, draft } = blocking;
    for (const id of blocked) {
      const waiting = this.#drafts.get(id) as TaskDraft | undefined;
      const isNew = !waiting?.entity.dependsOn.includes(blocker);
      if (waiting && isNew && waiting.entity.dependsOn.length < mostDependencies) {
        waiting.entity = { ...waiting.entity, dependsOn: [...waiting.entity.dependsOn, blocker].sort() };
        this.#saidByBlocker.set(edgeName(id, blocker), blocking);
      } else if (draft && this.#drafts.get(blocker) === draft && isNew) {
        this.#lose(blocking, [id], true, this.#whyNotBlocked(id, waiting));
      }
    }
  }

  #whyNotBlocked(id: string, waiting: TaskDraft | undefined): string {
    if (waiting) return `${id} depends on ${mostDependencies} tasks already`;
    return this.#known.find(id) ? `${id} is here already, and stays as it is` : this.#whyMissing(id);
  }

  #cutCycles(field: 'parentId' | 'dependsOn', referencesOf: (task: Task) => readonly string[]): void {
    const ids = [...this.#tasks()].map(({ entity }) => entity.id);
    const edges = cycleEdges(ids, (id) => {
      const draft = this.#drafts.get(id) as TaskDraft | undefined;
      return draft ? referencesOf(draft.entity) : [];
    });
    for (const edge of edges) {
      const draft = this.#drafts.get(edge.from) as TaskDraft;
      const why = cycleText(edge, field === 'parentId' ? 'is part of' : 'depends on');
      if (field === 'dependsOn') this.#loseDependency(draft, edge.to, why);
      else {
        draft.entity = { ...draft.entity, parentId: null };
        this.#lose({ ...draft, column: draft.columns.parentId, draft }, [edge.to], false, why);
      }
    }
  }

  /** Takes a dependency out, and says so where the files say it. */
  #loseDependency(draft: TaskDraft, other: string, why: string): void {
    const { id, dependsOn } = draft.entity;
    draft.entity = { ...draft.entity, dependsOn: dependsOn.filter((one) => one !== other) };
    const said = this.#saidByBlocker.get(edgeName(id, other));
    this.#lose(said ?? { ...draft, column: draft.columns.dependsOn, draft }, [said ? id : other], true, why);
  }

  #lose(place: Place, ids: readonly string[], isList: boolean, why: string): void {
    this.problems.push(keepBeside(place, ids, isList, why));
  }

  #whyMissing(id: string): string {
    if (this.#known.isKnown(id)) return `${id} was deleted here`;
    return `there is no ${id} in these files or in this tracker`;
  }
}

function edgeName(from: string, to: string): string {
  return `${from} ${to}`;
}

function cycleText({ from, to, way, length }: CycleEdge, verb: string): string {
  const shown = length > way.length ? [...way, `… (${length} tasks)`, from] : way;
  return `${from} ${verb} ${to} in a circle (${[...shown, to].join(' → ')})`;
}
