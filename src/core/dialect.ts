import type { EntityKind } from './ids.ts';
import type { Capabilities } from './ports.ts';
import { wireName } from './wire.ts';

/** The kinds of servers that the client speaks to. */
export const dialects = ['dtm', 'taskman-v2', 'dtm-legacy'] as const;
export type Dialect = (typeof dialects)[number];

/** Nothing stays behind. */
export const nothingLocal: Readonly<Record<EntityKind, readonly string[]>> = { project: [], sprint: [], task: [] };

/** What people call a server of this kind. */
export const dialectNames: Readonly<Record<Dialect, string>> = {
  dtm: 'DTM',
  'taskman-v2': 'TaskMan-v2',
  'dtm-legacy': 'an older DTM server',
};

/** What a server cannot do that a DTM server can, in phrases for people; empty for a DTM server. */
export function limitsOf(capabilities: Capabilities): string[] {
  const { operationIds, login, groups, readOnly, localOnly } = capabilities;
  if (readOnly) return ['can only be read: import from it'];
  return [
    ...(login ? [] : ['nobody signs in: anyone who reaches it can change everything']),
    ...(operationIds ? [] : ['two people who change one thing at the same moment may overwrite each other']),
    ...(groups ? [] : ['changes that belong together may arrive in part']),
    ...Object.entries(localOnly)
      .filter(([, fields]) => fields.length > 0)
      .map(([kind, fields]) => `only in this workspace, for each ${kind}: ${fields.map(wireName).join(', ')}`),
  ];
}
