import type { z } from 'zod';
import { wireName } from '../core/wire.ts';

/** `dueAt` → `due_at`, on the level of types. */
export type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? Head extends Lowercase<Head>
    ? `${Head}${SnakeCase<Tail>}`
    : `_${Lowercase<Head>}${SnakeCase<Tail>}`
  : S;

/** A zod shape with its keys in the names of the wire. */
export type SnakeShape<S extends z.ZodRawShape> = { [K in keyof S & string as SnakeCase<K>]: S[K] };

/** Renames the keys of a zod shape to the names of the wire; the field schemas stay the same objects. */
export function snakeShape<S extends z.ZodRawShape>(shape: S): SnakeShape<S> {
  return Object.fromEntries(Object.entries(shape).map(([key, schema]) => [wireName(key), schema])) as SnakeShape<S>;
}
