import type { DtmServer } from '../support/dtmServer.ts';

export interface ServedTask {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly version: number;
}

/** Every task by HTTP, page by page, as any client would read them. */
export async function tasksOnServer(server: DtmServer): Promise<ServedTask[]> {
  const authorization = `Bearer ${await server.login()}`;
  const tasks: ServedTask[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const at: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await fetch(`${server.origin}/api/v1/tasks?limit=1000${at}`, { headers: { authorization } });
    if (!answer.ok) throw new Error(`the list answered ${answer.status}: ${await answer.text()}`);
    const page = (await answer.json()) as { items: ServedTask[]; next_cursor: string | null };
    tasks.push(...page.items);
    cursor = page.next_cursor;
  }
  return tasks;
}

/** What only one of two lists has. */
export function difference(a: readonly string[], b: readonly string[]): string[] {
  const [inA, inB] = [new Set(a), new Set(b)];
  return [...a.filter((one) => !inB.has(one)), ...b.filter((one) => !inA.has(one))];
}
