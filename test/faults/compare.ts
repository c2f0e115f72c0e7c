import { isDeepStrictEqual } from 'node:util';
import type { EntityByKind } from '../../src/core/entity.ts';
import type { EntityKind } from '../../src/core/ids.ts';
import { entityToWire, type WireObject } from '../../src/core/wire.ts';
import type { DtmServer } from '../support/dtmServer.ts';

/** An entity as the server answers it. */
export interface Served extends WireObject {
  readonly id: string;
  readonly title: string;
  readonly status: string;
}

const paths = { project: 'projects', sprint: 'sprints', task: 'tasks' } as const;

/** Every entity of a kind by HTTP, page by page, as any client would read them. */
export function servedBy(server: DtmServer, kind: EntityKind = 'task'): Promise<Served[]> {
  return pages<Served>(server, `/api/v1/${paths[kind]}?limit=1000`);
}

interface Audited {
  readonly id: string;
  readonly fields: { readonly title?: { readonly to: string } };
}

/** Every title that the server's history says it gave to one of these tasks. */
export async function titlesGiven(server: DtmServer, tasks: readonly Served[]): Promise<string[]> {
  const ids = new Set(tasks.map(({ id }) => id));
  const history = await pages<Audited>(server, '/api/v1/audit?limit=1000');
  return history.flatMap(({ id, fields: { title } }) => (title && ids.has(id) ? [title.to] : []));
}

async function pages<T>(server: DtmServer, path: string): Promise<T[]> {
  const authorization = `Bearer ${await server.login()}`;
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const at: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await fetch(`${server.origin}${path}${at}`, { headers: { authorization } });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    const page = (await answer.json()) as { items: T[]; next_cursor: string | null };
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
}

/** What is not the same on both sides, field by field: `id` where one side lacks it, else `id field here / there`. */
export function divergence<K extends EntityKind>(
  kind: K,
  tracked: Iterable<EntityByKind[K]>,
  served: readonly Served[],
): string[] {
  const here = new Map([...tracked].map((entity) => [entity.id, entityToWire(kind, entity)]));
  const there = new Map(served.map((item) => [item.id, item]));
  const onOneSide = [...here.keys(), ...there.keys()].filter((id) => !(here.has(id) && there.has(id)));
  const differing = [...here].flatMap(([id, ours]) => {
    const theirs = there.get(id);
    const fields = theirs ? Object.keys(ours).filter((name) => !isDeepStrictEqual(ours[name], theirs[name])) : [];
    return fields.map((name) => `${id} ${name} ${JSON.stringify(ours[name])} / ${JSON.stringify(theirs?.[name])}`);
  });
  return [...onOneSide, ...differing];
}

/** What is there more than once. */
export function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.has(name) || !seen.add(name));
}
