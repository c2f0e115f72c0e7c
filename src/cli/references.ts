import type { DtmApp } from '../app/dtmApp.ts';
import type { EntityByKind } from '../core/entity.ts';
import { DtmError, isDtmError } from '../core/errors.ts';
import type { EntityKind } from '../core/ids.ts';
import { localUser } from './environment.ts';
import type { Invocation } from './invocation.ts';

const activeStatuses: ReadonlySet<string> = new Set(['active', 'in_progress']);

/** Who `me` is: the account that the workspace is bound with, else the person's name on this machine. */
export function accountOf(app: DtmApp): string {
  return app.binding.current?.account ?? localUser();
}

/** `me` as a name; any other name as it is. */
export function personNamed(app: DtmApp, name: string): string {
  return name === 'me' ? accountOf(app) : name;
}

/** The id that a person meant by an id, a prefix of one, or `current` for the active sprint. @throws DtmError */
export function idOf(app: DtmApp, kind: EntityKind, text: string, projectId?: string): string {
  if (kind === 'sprint' && text === 'current') return onlyActiveSprint(app, projectId).id;
  return find(app, kind, text).id;
}

/** @throws DtmError `not-found`, `ambiguous-id` */
function find<K extends EntityKind>(app: DtmApp, kind: K, text: string): EntityByKind[K] {
  try {
    return app.tracker.find(kind, text);
  } catch (error) {
    if (!isDtmError(error, 'not-found') || isTooShort(text)) throw error;
    throw new DtmError('not-found', error.message, {
      cause: error,
      hint: `See the ids with: cf_cli ${kind} list --all`,
    });
  }
}

function isTooShort(text: string): boolean {
  return text.replace(/^[PST]-/i, '').length < 4;
}

/** Sprints that run, of one project or of all. */
export function activeSprints(app: DtmApp, projectId?: string): EntityByKind['sprint'][] {
  const filter = { status: [...activeStatuses], ...(projectId === undefined ? {} : { project_id: [projectId] }) };
  const everything = { filter, sort: [], limit: Number.POSITIVE_INFINITY, offset: 0 };
  return [...app.tracker.list('sprint', everything).items];
}

function onlyActiveSprint(app: DtmApp, projectId: string | undefined): EntityByKind['sprint'] {
  const sprints = activeSprints(app, projectId);
  const [first] = sprints;
  if (first && sprints.length === 1) return first;
  if (!first) {
    throw new DtmError('not-found', 'there is no active sprint', {
      hint: 'Start one with: cf_cli sprint update ID --status active',
    });
  }
  const candidates = sprints.map((sprint) => `${sprint.id} ${sprint.name}`).join('; ');
  throw new DtmError('ambiguous-id', `${sprints.length} sprints are active`, {
    hint: `Name one of them, or its project with --project: ${candidates}.`,
  });
}

/**
 * Finds what a writing command is about. What this machine does not know yet may be on the server: it is asked once.
 * @throws DtmError `not-found`, `ambiguous-id`
 */
export async function findForWriting<K extends EntityKind>(
  call: Invocation,
  app: DtmApp,
  kind: K,
  text: string,
): Promise<EntityByKind[K]> {
  try {
    return find(app, kind, text);
  } catch (error) {
    if (!isDtmError(error, 'not-found')) throw error;
    await call.freshness(app).pullBriefly();
    return find(app, kind, text);
  }
}
