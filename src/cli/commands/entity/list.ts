import type { Entity } from '../../../core/entity.ts';
import { fieldsOf } from '../../../core/entity.ts';
import type { EntityKind } from '../../../core/ids.ts';
import { wireName } from '../../../core/wire.ts';
import { type ListOptions, queryFrom } from '../../filterOptions.ts';
import { columnsFor, fieldNames, wireFields } from '../../output/entityView.ts';
import { counted } from '../../output/plainText.ts';
import type { Handler } from '../../perform.ts';

export function listEntities(kind: EntityKind): Handler<ListOptions> {
  return async (call, options) => {
    const names = fieldNames(kind, call.options.fields);
    const app = await call.openForReading();
    const query = queryFrom(app, kind, { ...options }, call.output.format === 'table');
    const { items, total } = app.tracker.list(kind, query);
    const isFiltered = Object.keys(query.filter).length > 0;
    await call.output.list<Entity>(
      {
        kind,
        rows: items,
        total,
        columns: columnsFor(kind, names),
        fieldsOf: (entity) => wireFields(kind, entity, names),
        fieldNames: names ?? fieldsOf(kind).map(wireName),
        idOf: (entity) => entity.id,
        whenEmpty: emptyText(kind, isFiltered, app.tracker.count(kind)),
        moreHint: 'see more with --limit or --all',
      },
      call.provenance(app),
    );
  };
}

function emptyText(kind: EntityKind, isFiltered: boolean, count: number): string {
  if (count === 0) return `there are no ${kind}s yet; create one with: cf_cli ${kind} create`;
  return isFiltered
    ? `none of ${counted(count, kind)} matches`
    : `there ${count === 1 ? 'is' : 'are'} only ${counted(count, kind)}`;
}
