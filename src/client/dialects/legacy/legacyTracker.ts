import { type Entity, fieldValue } from '../../../core/entity.ts';
import type {
  FileCounts,
  ForeignFile,
  ForeignProblem,
  ForeignRow,
  ForeignSource,
  KnownEntities,
  MadeProject,
  RowCounts,
} from '../../../core/foreignTable.ts';
import { type EntityKind, kindOfId } from '../../../core/ids.ts';
import { type Forms, formsFor } from '../taskman/forms.ts';
import { entityFrom } from '../taskman/mapping.ts';
import type { Row } from '../taskman/row.ts';
import { type Draft, keepBeside } from './draft.ts';
import { type Blocking, ReferenceFitting } from './fitReferences.ts';
import { hasIdColumn } from './legacyColumns.ts';
import { homeless, isGiven, normalRow } from './legacyRows.ts';
import { saysTheSame } from './sameValues.ts';
import { type Note, type TakenRow, takenRow } from './takenRow.ts';

/** What the files of an older tracker are to us. */
export interface FoundEntities {
  /** What the tracker does not have yet. */
  readonly entities: readonly Entity[];
  /** Of the files, of rows that are nothing to us, and of what could not be taken over whole. */
  readonly problems: readonly ForeignProblem[];
  readonly files: readonly FileCounts[];
  readonly madeProjects: readonly MadeProject[];
  /** Entities of the files that the tracker has, or had, already. */
  readonly known: number;
}

export interface LegacyTrackerOptions {
  /** Stands for who is not said. */
  readonly account: string;
  /** Stands for times that are not said, RFC 3339. */
  readonly now: string;
  readonly known: KnownEntities;
}

interface RowPlace {
  readonly file: string;
  readonly line: number;
}
type SkipReason = Pick<ForeignProblem, 'column' | 'message'>;
type Counts = { -readonly [name in keyof RowCounts]: number };

/**
 * Makes entities of the rows of an older tracker, a row at a time: ids of our form, words of ours, and whatever we have
 * no field for in `custom`. Only what the present tracker lacks is kept; a project that is only named is made.
 */
export class LegacyTracker {
  readonly #options: LegacyTrackerOptions;
  readonly #forms: Forms;
  readonly #drafts = new Map<string, Draft>();
  /** Where each id stands first. */
  readonly #places = new Map<string, RowPlace>();
  readonly #sprintProjects = new Map<string, string>();
  readonly #namedProjects = new Set<string>();
  readonly #blockings: Blocking[] = [];
  readonly #problems: ForeignProblem[] = [];
  readonly #counts = new Map<string, Counts>();
  readonly #withoutIds = new Set<string>();

  constructor(options: LegacyTrackerOptions) {
    this.#options = options;
    this.#forms = formsFor(options.account, 'fallback');
  }

  /** Takes the next row. Rows of projects come first, then those of sprints, then the others. */
  take(file: ForeignFile, foreign: ForeignRow): void {
    const kind = file.layout === 'ticket' ? 'task' : file.layout;
    const place = { file: file.name, line: foreign.line };
    const notes: ForeignProblem[] = [];
    const note: Note = (message, column) =>
      notes.push({ ...place, ...(column === undefined ? {} : { column }), message });
    const taken = takenRow(kind, file.layout, foreign, note);
    const first = taken && this.#places.get(taken.row.id);
    if (!taken) this.#skip(place, this.#withoutId(kind, file, foreign));
    else if (first) this.#skip(place, repetition(taken.row.id, first, place));
    else this.#takeFirst(kind, place, taken, notes);
  }

  #takeFirst(kind: EntityKind, place: RowPlace, taken: TakenRow, notes: readonly ForeignProblem[]): void {
    const { id } = taken.row;
    const counts = this.#countsOf(place.file);
    const projectId = this.#projectOf(kind, taken.row);
    this.#places.set(id, place);
    if (this.#options.known.isKnown(id)) {
      counts[this.#comparison(kind, taken)]++;
      this.#noteBlocking(place, taken, undefined);
      return;
    }
    const draft = this.#draft(kind, place, taken, projectId);
    if (!draft) {
      this.#skip(place, { message: `${id} cannot be shown here` });
      return;
    }
    counts.created++;
    this.#problems.push(...notes);
    this.#noteBlocking(place, taken, draft);
  }

  /** @param source what was read, with what cannot be read */
  finish(source: ForeignSource): FoundEntities {
    const fitting = new ReferenceFitting(this.#drafts, this.#options.known);
    fitting.fit(this.#blockings);
    for (const { file } of fitting.leftOut) {
      this.#countsOf(file).created--;
      this.#countsOf(file).skipped++;
    }
    const made = fitting.madeProjects.flatMap(
      ({ id, isForHomeless }) => this.#entityOf('project', isForHomeless ? homeless : { id, name: id }, {}) ?? [],
    );
    const files = source.files.map(({ name, rows, unreadable }) => {
      const counts = this.#countsOf(name);
      return { file: name, ...counts, rows, skipped: counts.skipped + unreadable };
    });
    const problems = [...source.problems, ...this.#problems, ...fitting.problems];
    return {
      entities: [...made, ...[...this.#drafts.values()].map(({ entity }) => entity)],
      problems: inFileOrder(problems, source),
      files,
      madeProjects: fitting.madeProjects,
      known: this.#knownAlready(files),
    };
  }

  #countsOf(file: string): Counts {
    const counts = this.#counts.get(file) ?? { rows: 0, created: 0, unchanged: 0, different: 0, gone: 0, skipped: 0 };
    this.#counts.set(file, counts);
    return counts;
  }

  /** @param why undefined where it was said for all rows of the file */
  #skip(place: RowPlace, why: SkipReason | undefined): void {
    this.#countsOf(place.file).skipped++;
    if (why) this.#problems.push({ ...place, ...why });
  }

  /** What is wrong with a row that has no id; undefined where it was said for all rows of the file. */
  #withoutId(kind: EntityKind, { name, layout }: ForeignFile, foreign: ForeignRow): SkipReason | undefined {
    if (hasIdColumn(kind, layout, foreign)) return { column: 'id', message: 'the row has no id' };
    if (this.#withoutIds.has(name)) return undefined;
    this.#withoutIds.add(name);
    return { message: 'the file has no column id: none of its rows can be taken over' };
  }

  #comparison(kind: EntityKind, taken: TakenRow): 'unchanged' | 'different' | 'gone' {
    const entity = this.#options.known.find(taken.row.id);
    if (!entity) return 'gone';
    return saysTheSame(this.#forms, kind, taken, entity) ? 'unchanged' : 'different';
  }

  /** @returns undefined if nothing of ours can be made of the row */
  #draft(kind: EntityKind, place: RowPlace, taken: TakenRow, projectId: string | undefined): Draft | undefined {
    const { row, custom, columns } = taken;
    const entity = this.#entityOf(kind, { ...row, primary_project: projectId }, custom);
    if (!entity) return undefined;
    const draft: Draft = { entity, ...place, columns };
    this.#drafts.set(row.id, draft);
    this.#keepEnd(draft);
    this.#keepParents(draft, row);
    return draft;
  }

  #entityOf(kind: EntityKind, row: Row, custom: TakenRow['custom']): Entity | undefined {
    const entity = entityFrom(this.#forms, kind, row, null, this.#options.now);
    return entity && { ...entity, custom: custom as Entity['custom'] };
  }

  /** The project that a row belongs to: without one of its own, its sprint's. */
  #projectOf(kind: EntityKind, row: Row): string | undefined {
    if (kind === 'project') return undefined;
    const sprintId = kind === 'task' ? String(row.primary_sprint) : '';
    const sprint = this.#options.known.find(sprintId);
    const ofSprint = sprint && 'projectId' in sprint ? sprint.projectId : this.#sprintProjects.get(sprintId);
    const projectId = isGiven(row.primary_project) ? String(row.primary_project) : (ofSprint ?? homeless.id);
    if (kind === 'sprint') this.#sprintProjects.set(row.id, projectId);
    this.#namedProjects.add(projectId);
    return projectId;
  }

  /** An end before the start is refused everywhere. */
  #keepEnd(draft: Draft): void {
    const field = draft.entity.id.startsWith('S-') ? 'endDate' : 'targetEndDate';
    const [start, end] = [fieldValue(draft.entity, 'startDate'), fieldValue(draft.entity, field)];
    if (typeof start !== 'string' || typeof end !== 'string' || end >= start) return;
    draft.entity = { ...draft.entity, [field]: null } as Entity;
    const why = `it would end (${end}) before it starts (${start})`;
    this.#problems.push(keepBeside({ ...draft, column: draft.columns.end, draft }, [end], false, why));
  }

  /** A task is part of one other task here. */
  #keepParents(draft: Draft, row: Row): void {
    const parents = Array.isArray(row.parents) ? row.parents.map(String) : [];
    const others = parents.filter((id) => id !== fieldValue(draft.entity, 'parentId'));
    if (others.length === 0) return;
    const why = others.includes(row.id)
      ? `${row.id} cannot be part of itself`
      : `${row.id} can be part of one task only`;
    const place = { ...draft, column: draft.columns.parentId, draft };
    this.#problems.push(keepBeside(place, others, parents.length > 1, why));
  }

  #noteBlocking(place: RowPlace, { row, columns }: TakenRow, draft: Draft | undefined): void {
    if (kindOfId(row.id) !== 'task' || !isGiven(row.blocks)) return;
    const blocked = normalRow('task', { id: row.id, depends_on: row.blocks })?.depends_on as readonly string[];
    if (blocked.length === 0) return;
    this.#blockings.push({ ...place, column: columns.blocks, draft, blocker: row.id, blocked });
  }

  #knownAlready(files: readonly FileCounts[]): number {
    const named = [...this.#namedProjects].filter((id) => !this.#places.has(id) && this.#options.known.isKnown(id));
    return files.reduce((sum, { unchanged, different, gone }) => sum + unchanged + different + gone, named.length);
  }
}

function repetition(id: string, first: RowPlace, place: RowPlace): SkipReason {
  const where = first.file === place.file ? `line ${first.line}` : `${first.file}:${first.line}`;
  return { column: 'id', message: `${id} stands in ${where} already` };
}

function inFileOrder(problems: readonly ForeignProblem[], { files }: ForeignSource): ForeignProblem[] {
  const order = new Map(files.map(({ name }, index) => [name, index]));
  const place = ({ file }: ForeignProblem) => order.get(file) ?? -1;
  return problems.toSorted((a, b) => place(a) - place(b) || (a.line ?? 0) - (b.line ?? 0));
}
