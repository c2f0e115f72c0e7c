/**
 * The end of a calendar day where the person is, which is when something is due that is due on that day.
 * @param day `YYYY-MM-DD`
 * @returns RFC 3339 in UTC
 */
export function endOfDay(day: string): string {
  return new Date(`${day}T23:59:59.999`).toISOString();
}
