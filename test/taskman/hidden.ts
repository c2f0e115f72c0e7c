import type { RecordingName } from './recording.ts';

/** Bodies that the recordings do not show, as their answers tell them. */
export const hiddenBodies: Readonly<Record<string, { readonly body: string; readonly type: string | undefined }>> = {
  'task badjson': { body: '{bad', type: 'application/json' },
  'body null': { body: 'null', type: 'application/json' },
  'body empty': { body: '', type: 'application/json' },
  'no ct': { body: '{"title":"a"}', type: 'text/plain' },
  'no ct at all': { body: '{}', type: undefined },
};

type Step = readonly [path: string, body: object];

const parents: readonly Step[] = [
  ['projects', { id: 'P-J', name: 'J' }],
  ['sprints', { id: 'S-J', name: 'A', primary_project: 'P-J' }],
];
const lists: readonly Step[] = ['AL-a', 'AL-b'].map((id) => ['action-lists', { id, title: id }]);
const estimated: readonly Step[] = [
  ['a', 3, 'done'],
  ['b', 5, 'new'],
  ['c', 2, 'dropped'],
  ['d', null, 'done'],
].map(([id, points, status]) => [
  'tasks',
  {
    id: `T-${id}`,
    title: 't',
    summary: 's',
    owner: 'o',
    primary_project: 'P-J',
    primary_sprint: 'S-J',
    estimate_points: points,
    status,
  },
]);

/** What was sent besides what a recording shows: parents at its start, tasks with points before the second progress. */
const steps: Readonly<Record<string, readonly Step[]>> = {
  'probe3_sqlite start': parents,
  'probe3_pg start': [...parents, ...lists],
  'probe3_sqlite prog': estimated,
  'probe3_pg prog': estimated,
};
const taken = new Set<string>();

/** Sends what the recording does not show, once, after the named step. */
export async function hiddenSteps(recording: RecordingName, step: string, origin: string): Promise<void> {
  const key = `${recording} ${step}`;
  if (taken.has(key)) return;
  taken.add(key);
  for (const [path, body] of steps[key] ?? []) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${origin}/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (response.status !== 201) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
}
