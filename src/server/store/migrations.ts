import type { Migration } from 'kysely';
import { firstSchema } from './migrations/firstSchema.ts';

/**
 * Every migration in order. They only go forward, and one that was released never changes: a new one is added at the
 * end. Names sort like the list.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001_first_schema': firstSchema,
};
