import type { Taskman } from '../support/taskman/taskman.ts';

export type Body = Record<string, unknown>;

export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; an empty object when there is none. */
  readonly json: Body & { readonly detail?: unknown };
};

export const api = '/api/v1';

/** One request; redirects are not followed. */
export async function call(
  taskman: Taskman,
  method: string,
  path: string,
  body?: unknown,
  headers = {},
): Promise<Reply> {
  const response = await fetch(new URL(path, taskman.origin), {
    method,
    redirect: 'manual',
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
}

/** A task's fields, with parents that {@link seed} makes. */
export function task(id: string, more: Body = {}): Body {
  return { id, title: 't', summary: 's', owner: 'o', primary_project: 'P-1', primary_sprint: 'S-1', ...more };
}

/** Project P-1, sprint S-1 and the given tasks. */
export async function seed(taskman: Taskman, tasks: readonly Body[] = []): Promise<void> {
  const rows: readonly (readonly [string, Body])[] = [
    ['projects', { id: 'P-1', name: 'One' }],
    ['sprints', { id: 'S-1', name: 's', primary_project: 'P-1' }],
    ...tasks.map((body) => ['tasks', body] as const),
  ];
  for (const [path, body] of rows) {
    const { status, text } = await call(taskman, 'POST', `${api}/${path}`, body);
    if (status !== 201) throw new Error(`${path}: ${status} ${text}`);
  }
}

/** The ids of a list, in its order. */
export function idsOf({ json }: Reply, key: string): unknown[] {
  return (json[key] as Body[]).map(({ id }) => id);
}
