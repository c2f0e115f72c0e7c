import type { DtmApp } from '../../../app/dtmApp.ts';
import { type Entity, labelOf } from '../../../core/entity.ts';
import { DtmError } from '../../../core/errors.ts';
import type { EntityKind } from '../../../core/ids.ts';
import { counted, oneLine } from '../../output/plainText.ts';
import type { Handler } from '../../perform.ts';
import { findForWriting } from '../../references.ts';
import { presentWritten, storing } from './written.ts';

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
    const deleting = app.tracker.delete(kind, entity.id, { reason: options.reason, cascade });
    const written = await call.output.waiting(storing, deleting);
    return presentWritten(call, app, kind, entity.id, 'deleted', written);
  };
}

/** What goes along, in words. @throws DtmError `has-dependents` before anybody is asked in vain */
function taken(app: DtmApp, kind: EntityKind, entity: Entity, cascade: boolean): string {
  const { sprints, tasks } = app.tracker.dependentsOf(kind, entity.id);
  if (sprints.length + tasks.length === 0) return '';
  if (kind === 'sprint') return `, leaving its ${counted(tasks.length, 'task')} without a sprint`;
  if (!cascade) {
    const what = `${counted(sprints.length, 'sprint')} and ${counted(tasks.length, 'task')}`;
    throw new DtmError('has-dependents', `${entity.id} still has ${what}`, {
      hint: 'Add --cascade to delete them with it, or move them to another project first.',
      details: { sprints: sprints.length, tasks: tasks.length },
    });
  }
  return ` with its ${counted(sprints.length, 'sprint')} and ${counted(tasks.length, 'task')}`;
}
