import { type Entity, fieldsOf, fieldValue, isSetField } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import { entityFromTrustedWire, entityToWire, type WireObject, wireName } from '../../core/wire.ts';
import type { EntityRow, SqlValue } from './schema.ts';

/** Fields that are stored as JSON text. */
function isStructured(kind: EntityKind, field: string): boolean {
  return field === 'custom' || isSetField(kind, field);
}

/** The columns of an entity; `seq` is the change that made it so. */
export function toRow(kind: EntityKind, entity: Entity, seq: number): EntityRow {
  const row: EntityRow = { seq };
  for (const field of fieldsOf(kind)) {
    const value = fieldValue(entity, field);
    row[wireName(field)] = isStructured(kind, field) ? JSON.stringify(value) : (value as SqlValue);
  }
  return row;
}

/** What {@link toRow} stored. */
export function fromRow(kind: EntityKind, row: EntityRow): Entity {
  const entity: Record<string, unknown> = {};
  for (const field of fieldsOf(kind)) {
    const value = row[wireName(field)];
    entity[field] = isStructured(kind, field) ? JSON.parse(String(value)) : value;
  }
  return entity as unknown as Entity;
}

/** An entity as JSON text in wire names, as tombstones and changes keep it. */
export function toJson(kind: EntityKind, entity: Entity): string {
  return JSON.stringify(entityToWire(kind, entity));
}

export function fromJson(kind: EntityKind, json: string): Entity {
  return entityFromTrustedWire(kind, JSON.parse(json) as WireObject);
}

/** The project that decides in whose feed an entity appears. */
export function scopeOf(entity: Entity): string {
  return 'projectId' in entity ? entity.projectId : entity.id;
}
