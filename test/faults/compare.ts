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
export async function servedBy(server: DtmServer, kind: EntityKind = 'task'): Promise<Served[]> {
  const authorization = `Bearer ${await server.login()}`;
  const items: Served[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const at: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const url = `${server.origin}/api/v1/${paths[kind]}?limit=1000${at}`;
    const answer = await fetch(url, { headers: { authorization } });
    if (!answer.ok) throw new Error(`the list answered ${answer.status}: ${await answer.text()}`);
    const page = (await answer.json()) as { items: Served[]; next_cursor: string | null };
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
