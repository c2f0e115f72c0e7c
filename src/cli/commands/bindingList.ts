import type { TrackerSummary } from '../../app/trackers.ts';
import type { Invocation } from '../invocation.ts';
import type { Fields } from '../output/document.ts';
import { counted } from '../output/plainText.ts';
import type { Column } from '../output/table.ts';

const columns: readonly Column<TrackerSummary>[] = [
  { title: 'NAME', value: ({ name, isPresent }) => `${isPresent ? '* ' : '  '}${shortName(name)}` },
  { title: 'SERVER', value: ({ binding }) => binding?.origin ?? 'none: local only', whenNarrow: 'shrink' },
  { title: 'KIND', value: ({ binding }) => binding?.dialect ?? '', whenNarrow: 'omit' },
  { title: 'ACCOUNT', value: ({ binding }) => binding?.account ?? '' },
  { title: 'NOT SENT', value: waitingCell },
  { title: 'TASKS', value: ({ content }) => String(content?.counts.tasks ?? ''), whenNarrow: 'omit' },
];

const counts = ['projects', 'sprints', 'tasks'];
const fieldNames = ['name', 'present', 'server', 'dialect', 'account', 'limited_to', 'waiting', ...counts];

/** Where the workspace belongs, and belonged: the names are for `bind --to` and `import --from-binding`. */
export async function listBindings(call: Invocation): Promise<void> {
  const app = await call.openOnly();
  const rows = await app.binding.list();
  for (const { name, problem } of rows) {
    if (problem !== undefined) call.output.warn(`${shortName(name)} cannot be read: ${problem}`);
  }
  await call.output.list<TrackerSummary>(
    {
      kind: 'binding',
      rows,
      total: rows.length,
      columns,
      fieldsOf,
      fieldNames,
      idOf: ({ name }) => name,
      whenEmpty: '',
      moreHint: '',
    },
    call.provenance(app),
  );
}

/** Enough of a name to tell it from the others. */
function shortName(name: string): string {
  return name.slice(0, 8);
}

function fieldsOf({ name, isPresent, binding, content }: TrackerSummary): Fields {
  return {
    name,
    present: isPresent,
    server: binding?.origin ?? null,
    dialect: binding?.dialect ?? null,
    account: binding?.account ?? null,
    limited_to: binding?.projects ?? null,
    waiting: content?.waiting ?? null,
    projects: content?.counts.projects ?? null,
    sprints: content?.counts.sprints ?? null,
    tasks: content?.counts.tasks ?? null,
  };
}

function waitingCell({ binding, content }: TrackerSummary): string {
  if (!content) return 'cannot be read';
  return binding ? waitingText(content.waiting) || '0' : '';
}

type Waiting = NonNullable<TrackerSummary['content']>['waiting'];

/** `2 changes, 1 conflict`; empty if nothing waits. */
export function waitingText({ pending, conflicts, rejected }: Waiting): string {
  return [
    ...(pending > 0 ? [counted(pending, 'change')] : []),
    ...(conflicts > 0 ? [counted(conflicts, 'conflict')] : []),
    ...(rejected > 0 ? [counted(rejected, 'refused change')] : []),
  ].join(', ');
}
