import * as z from 'zod';
import type { NamedProject } from '../core/project.ts';
import type { AuthorisedTransport } from './authorisedTransport.ts';

/** Of a list only what is needed to choose from it. */
const answer = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string() })),
  next_cursor: z.string().nullable(),
});

const pageSize = '1000';

/** The projects that a server has. @throws DtmError what a request throws */
export async function listProjects(authorised: AuthorisedTransport, signal?: AbortSignal): Promise<NamedProject[]> {
  const projects: NamedProject[] = [];
  const query = new URLSearchParams({ limit: pageSize, include_total: 'false' });
  for (let hasMore = true; hasMore; ) {
    const { value } = await authorised.send({ method: 'GET', path: `/api/v1/projects?${query}`, answer }, signal);
    projects.push(...value.items);
    if (value.next_cursor !== null) query.set('cursor', value.next_cursor);
    hasMore = value.next_cursor !== null;
  }
  return projects;
}
