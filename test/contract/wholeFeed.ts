import type { Api, Body } from './api.ts';

/** What the changes after a place of the feed make of what was known there. @returns entities by id */
export async function foldFeed(api: Api, since: string, known: ReadonlyMap<string, unknown> = new Map()) {
  const entities = new Map(known);
  for (let next = since, hasMore = true; hasMore; ) {
    const page = await api.must('GET', `/api/v1/changes?since=${next}&limit=1000`);
    for (const { id, data } of page.changes) {
      if (data === null) entities.delete(id);
      else entities.set(id, data);
    }
    ({ next, has_more: hasMore } = page);
  }
  return entities;
}

/** The place after everything that has happened so far. */
export async function endOfFeed(api: Api): Promise<string> {
  for (let next = '0'; ; ) {
    const page = await api.must('GET', `/api/v1/changes?since=${next}&limit=1000`);
    if (!page.has_more) return page.next;
    next = page.next;
  }
}

/** Everything that the lists show, by id. */
export async function listAll(api: Api): Promise<Map<string, Body>> {
  const entities = new Map<string, Body>();
  for (const collection of ['projects', 'sprints', 'tasks']) {
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Body = await api.must('GET', `/api/v1/${collection}?limit=1000${cursor && `&cursor=${cursor}`}`);
      for (const item of page.items) entities.set(item.id, item);
      cursor = page.next_cursor;
    }
  }
  return entities;
}

const collections: Readonly<Record<string, string>> = { P: 'projects', S: 'sprints', T: 'tasks' };

/** One entity, by its id alone. */
export function readOne(api: Api, id: string): Promise<Body> {
  return api.must('GET', `/api/v1/${collections[id.charAt(0)]}/${id}`);
}
