import type { EntityKind } from '../../../core/ids.ts';
import { wireName } from '../../../core/wire.ts';
import { describeEntity, fieldNames, wireFields } from '../../output/entityView.ts';
import type { Handler } from '../../perform.ts';
import { idOf } from '../../references.ts';

export function showEntity(kind: EntityKind): Handler<object> {
  return async (call, _, [id = '']) => {
    const names = fieldNames(kind, call.options.fields);
    const app = await call.openForReading();
    const entity = app.tracker.find(kind, idOf(app, kind, id));
    const { output } = call;
    const localOnly = app.binding.capabilities?.localOnly[kind] ?? [];
    const text = describeEntity(kind, entity, names, output.colors, localOnly.map(wireName));
    await output.item({ kind, id: entity.id, fields: wireFields(kind, entity, names), text }, call.provenance(app));
  };
}
