import type { Entity } from '../../core/entity.ts';
import { DtmError } from '../../core/errors.ts';
import type { EntityKind } from '../../core/ids.ts';
import { wireName } from '../../core/wire.ts';

/** The error for an id that nothing has, or had. */
export function notFound(kind: EntityKind, id: string): DtmError {
  return new DtmError('not-found', `there is no ${kind} ${id}`, {
    hint: 'Check the id, or list what there is.',
    details: { id },
  });
}

export function wasDeleted(kind: EntityKind, id: string): DtmError {
  return new DtmError('not-found', `the ${kind} ${id} was deleted`, {
    hint: 'Restore it first, or drop this change.',
    details: { id, deleted: true },
  });
}

export function alreadyExists(kind: EntityKind, id: string, deleted: boolean): DtmError {
  return new DtmError('already-exists', `there is already a ${kind} ${id}${deleted ? ', which was deleted' : ''}`, {
    hint: deleted ? 'Restore it, or choose another id.' : 'Choose another id, or leave it out to get one.',
    fields: [{ path: 'id', code: 'already-exists', message: 'is taken' }],
    details: { id },
  });
}

/** The error for fields that someone else changed meanwhile. */
export function changedMeanwhile(kind: EntityKind, id: string, fields: readonly string[], current: Entity | null) {
  const names = fields.map(wireName).join(', ');
  const by = current ? ` by ${current.updatedBy}` : '';
  return new DtmError('conflict', `${names || `the ${kind} ${id}`} was changed meanwhile${by}`, {
    fields: fields.map((field) => ({ path: wireName(field), code: 'conflict', message: 'was changed meanwhile' })),
    hint: 'Read it again and repeat the change if it is still wanted.',
    details: { id },
  });
}
