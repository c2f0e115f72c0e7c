import type { DtmApp } from '../../../app/dtmApp.ts';
import type { WriteOptions, Written } from '../../../app/trackerService.ts';
import type { Draft } from '../../../core/draft.ts';
import type { Entity } from '../../../core/entity.ts';
import { DtmError } from '../../../core/errors.ts';
import type { EntityKind } from '../../../core/ids.ts';
import { canStep } from '../../../core/lifecycle.ts';
import { changedSets, draftFrom, type FieldValues } from '../../fieldOptions.ts';
import { writeOptions } from '../../gateOptions.ts';
import { fieldNames } from '../../output/entityView.ts';
import type { Handler } from '../../perform.ts';
import { findForWriting } from '../../references.ts';
import { presentWritten, storing } from './written.ts';

export function updateEntity(kind: EntityKind): Handler<FieldValues> {
  return async (call, options, [id = '']) => {
    fieldNames(kind, call.options.fields);
    const how = writeOptions(options);
    const app = await call.openForWriting();
    const entity = await findForWriting(call, app, kind, id);
    const projectId = 'projectId' in entity ? entity.projectId : undefined;
    const draft = { ...draftFrom(app, kind, options, projectId), ...changedSets(app, kind, entity, options) };
    if (Object.keys(draft).length === 0) throw nothingToChange(kind);
    const written = await call.output.waiting(storing, applyDraft(app, kind, entity, draft, how));
    return presentWritten(call, app, kind, entity.id, 'updated', written);
  };
}

/** A status that is several steps away is reached step by step, after the other fields, which it may require: all or none. */
async function applyDraft(
  app: DtmApp,
  kind: EntityKind,
  entity: Entity,
  draft: Draft,
  how: WriteOptions,
): Promise<Written> {
  const { status, ...others } = draft;
  if (typeof status !== 'string' || canStep(kind, entity.status, status)) {
    return app.tracker.update(kind, entity.id, draft, how);
  }
  return app.tracker.moveTo(kind, entity.id, status, { ...how, needed: others });
}

function nothingToChange(kind: EntityKind): DtmError {
  return new DtmError('usage', 'nothing to change was named', {
    hint: `See what can be changed with: cf_cli ${kind} update --help`,
  });
}
