import { DtmError } from '../core/errors.ts';
import { day, instant } from '../core/fields.ts';
import { endOfDay } from '../core/localDay.ts';

/**
 * When something is due: a moment as it is, a day as the end of that day where the person is.
 * @returns RFC 3339 in UTC
 * @throws DtmError `validation`
 */
export function dueMoment(text: string): string {
  if (instant.safeParse(text).success) return new Date(text).toISOString();
  if (!day.safeParse(text).success) {
    throw new DtmError('validation', `not a date: ${text}`, {
      fields: [{ path: 'due_at', code: 'date', message: 'must be YYYY-MM-DD or an RFC 3339 time' }],
      hint: 'Write it as 2026-01-31 or 2026-01-31T12:00:00Z.',
    });
  }
  return endOfDay(text);
}

/** The day of a moment where the person is, with the time unless it is the end of the day. */
export function dayOf(moment: string): string {
  const date = new Date(moment);
  const two = (value: number) => String(value).padStart(2, '0');
  const text = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const isEndOfDay = date.getHours() === 23 && date.getMinutes() === 59;
  return isEndOfDay ? text : `${text} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
