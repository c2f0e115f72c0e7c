import type { DtmApp } from '../../../app/dtmApp.ts';
import { type Entity, labelOf } from '../../../core/entity.ts';
import { hasDependents } from '../../../core/expand.ts';
import type { EntityKind } from '../../../core/ids.ts';
import { oneLine } from '../../output/plainText.ts';
import type { Handler } from '../../perform.ts';
import { findForWriting } from '../../references.ts';
import { presentWritten } from './written.ts';

interface DeleteOptions {
  readonly cascade?: boolean;
  readonly reason?: string;
}

export function deleteEntity(kind: EntityKind): Handler<DeleteOptions> {
  return async (call, options, [id = '']) => {
    const app = await call.openForWriting();
    const entity = await findForWriting(call, app, kind, id);
    const cascade = options.cascade ?? false;
    await call.prompts.confirm(
      `Delete ${kind} ${entity.id} "${oneLine(labelOf(entity))}"${taken(app, kind, entity, cascade)}?`,
    );
    const written = await app.tracker.delete(kind, entity.id, { reason: options.reason, cascade });
    return presentWritten(call, app, kind, entity.id, 'deleted', written);
  };
}

/** What goes along, in words. @throws DtmError `has-dependents` before anybody is asked in vain */
function taken(app: DtmApp, kind: EntityKind, entity: Entity, cascade: boolean): string {
  const { sprints, tasks } = app.tracker.dependentsOf(kind, entity.id);
  if (sprints.length + tasks.length === 0) return '';
  if (kind === 'sprint') return `, leaving its ${tasks.length} tasks without a sprint`;
  if (!cascade) throw hasDependents(entity.id, sprints.length, tasks.length);
  return ` with its ${sprints.length} sprints and ${tasks.length} tasks`;
}
