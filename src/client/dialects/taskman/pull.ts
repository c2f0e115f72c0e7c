import type { Entity } from '../../../core/entity.ts';
import { type EntityKind, entityKinds } from '../../../core/ids.ts';
import type { BaseView, Change, Clock, Notice } from '../../../core/ports.ts';
import type { Forms } from './forms.ts';
import { listAll } from './listing.ts';
import { entityFrom } from './mapping.ts';
import { isBacklogId, type Row } from './row.ts';
import type { TaskmanApi } from './taskmanApi.ts';

/** What differs from the base, and what cannot be shown. */
export interface Differences {
  readonly changes: readonly Change[];
  readonly notices: readonly Notice[];
}

export interface PullOptions {
  readonly api: TaskmanApi;
  readonly forms: Forms;
  readonly clock: Clock;
  readonly base: BaseView;
  readonly signal: AbortSignal;
}

/** Reads everything and compares it with the base: TaskMan-v2 has no feed of changes. */
export async function pullDifferences(options: PullOptions): Promise<Differences> {
  const changes: Change[] = [];
  const notices: Notice[] = [];
  for (const kind of entityKinds) {
    const found = await differencesOf(kind, options);
    changes.push(...found.changes);
    notices.push(...unreadableNotice(kind, found, options.api.origin));
  }
  return { changes, notices };
}

const rowsInOneGo = 200;

interface Found {
  readonly changes: readonly Change[];
  /** Entities of the base whose row cannot be read. */
  readonly stuck: readonly string[];
  /** Rows that cannot be read, by the server or by us. */
  readonly unreadable: number;
}

async function differencesOf(kind: EntityKind, options: PullOptions): Promise<Found> {
  const { api, base, signal } = options;
  const listing = await listAll(api, kind, signal);
  const changes: Change[] = [];
  const strange: string[] = [];
  const take = (row: Row) => {
    if (kind === 'sprint' && isBacklogId(row.id)) return;
    const change = changeOf(kind, row, options);
    if (change === 'strange') strange.push(row.id);
    else if (change) changes.push(change);
  };
  let taken = 0;
  for (const row of listing.rows.values()) {
    take(row);
    // The editor's host must never be blocked for long.
    if (++taken % rowsInOneGo === 0) await new Promise((resume) => setImmediate(resume));
  }
  const stuck: string[] = [];
  for (const { id } of missingFrom(listing.rows, base.all(kind))) {
    // Absence from a list proves nothing: only the answer for the one row does.
    const found = await api.find(kind, id, signal);
    if (found.state === 'there') take(found.row);
    else if (found.state === 'unreadable') stuck.push(id);
    else changes.push({ entity: kind, id, version: base.version(id) + 1, data: null, opId: null });
  }
  const unreadable = Math.max(listing.unreadable, stuck.length) + strange.length;
  return { changes, stuck: [...stuck, ...strange], unreadable };
}

function missingFrom(rows: ReadonlyMap<string, Row>, entities: Iterable<Entity>): Entity[] {
  return [...entities].filter((entity) => !rows.has(entity.id));
}

/** Undefined where the row says what the base says; `strange` where it is none that we can show. */
function changeOf(kind: EntityKind, row: Row, { forms, base, clock }: PullOptions): Change | 'strange' | undefined {
  const known = base.get(row.id);
  const entity = entityFrom(forms, kind, row, known, clock.now());
  if (!entity) return 'strange';
  if (entity === known) return undefined;
  const version = base.version(row.id) + 1;
  return { entity: kind, id: row.id, version, data: { ...entity, version }, opId: null };
}

function unreadableNotice(kind: EntityKind, { stuck, unreadable }: Found, origin: string): Notice[] {
  if (unreadable === 0) return [];
  const which = stuck.length === 0 ? '' : ` (${stuck.slice(0, 5).join(', ')}${stuck.length > 5 ? ', …' : ''})`;
  const what = unreadable === 1 ? `1 ${kind}` : `${unreadable} ${kind}s`;
  return [
    {
      code: `server-unreadable-${kind}`,
      message: `${what} of ${origin} cannot be read${which}; everything else is shown`,
      hint:
        stuck.length === 0
          ? 'Whoever runs TaskMan-v2 finds the reason in its log and can correct what is stored.'
          : `What was known of it stays as it was. Giving it a new title or deleting it here often mends it.`,
    },
  ];
}
