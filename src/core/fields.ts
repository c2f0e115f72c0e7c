import * as z from 'zod';
import { type EntityKind, entityIdPattern, prefixOf } from './ids.ts';
import { isStorableText } from './text.ts';

const storable = 'must not contain NUL or unpaired surrogates';

/** Free text of at most `max` code points, as JSON Schema counts them too; never null, may be empty. */
export function text(max: number) {
  return z.string().max(max, `must be at most ${max} characters`).refine(isStorableText, storable);
}

/** A name or title: at least one visible character, at most `max`. */
export function title(max: number) {
  return text(max)
    .min(1, { error: 'must not be empty', abort: true })
    .refine((value) => value.trim() !== '', 'must not be blank');
}

/** An entity id of one kind, such as `T-7ZK3M9Q0AB`. */
export function idOf(kind: EntityKind) {
  const prefix = prefixOf(kind);
  return z
    .string()
    .regex(entityIdPattern, 'must look like P-…, S-… or T-…')
    .refine((id) => id.startsWith(prefix), `must begin with ${prefix}`);
}

/** A point in time: RFC 3339 with any offset; becomes UTC with milliseconds, so that text order is time order. */
export const instant = z.iso.datetime({ offset: true }).overwrite(inUtc);

/** Zod runs this also on text that it has already refused, which must come through unharmed. */
function inUtc(value: string): string {
  const time = Date.parse(value);
  const utc = Number.isNaN(time) ? value : new Date(time).toISOString();
  return utc.length === 'YYYY-MM-DDTHH:mm:ss.sssZ'.length ? utc : value;
}

/** A calendar day, `YYYY-MM-DD`. */
export const day = z.iso.date();

/** A person's short name, as in `owner` or `assignees`. */
export const person = text(200);

/** A list of distinct short words, kept in code-point order. */
export const words = z.array(text(200).min(1)).max(200);

/** Points, hours: finite and not negative. */
export const amount = z.number().min(0).max(1_000_000);

const customLimitBytes = 16 * 1024;

/** Fields that the product does not know but keeps: any JSON, at most 16 KiB. */
export const custom = z
  .record(z.string(), z.json())
  .refine(
    (value) => new TextEncoder().encode(JSON.stringify(value)).byteLength <= customLimitBytes,
    'must be at most 16 KiB of JSON',
  );

/** What the server sets, the same on every entity. */
export const managed = {
  version: z.int().min(1),
  createdAt: instant,
  updatedAt: instant,
  createdBy: text(200),
  updatedBy: text(200),
};
