import { numberIn, type Value } from '../python/value.ts';
import { type Check, refuse } from './checks.ts';
import { isMidnight, type Moment, MomentError, momentAt, momentText, parseDate, parseMoment } from './moment.ts';

/** A date; a date and time is taken at midnight only. Its JSON form is the result. */
export const date: Check = (input, loc, problems) => {
  const plain = plainDate(input);
  if (plain !== undefined) return plain;
  const moment = momentIn(input);
  if (moment === undefined)
    return refuse(problems, { type: 'date_type', loc, msg: 'Input should be a valid date', input });
  if (moment instanceof MomentError) {
    const msg = `Input should be a valid date or datetime, ${moment.message}`;
    return refuse(problems, { type: 'date_from_datetime_parsing', loc, msg, input, ctx: { error: moment.message } });
  }
  if (isMidnight(moment)) return moment.date;
  const msg = 'Datetimes provided to dates should have zero time - e.g. be exact dates';
  return refuse(problems, { type: 'date_from_datetime_inexact', loc, msg, input });
};

/** A date and time, or a date (then midnight without a zone). Its JSON form is the result. */
export const dateTime: Check = (input, loc, problems) => {
  const moment = momentIn(input);
  if (moment === undefined) {
    return refuse(problems, { type: 'datetime_type', loc, msg: 'Input should be a valid datetime', input });
  }
  if (!(moment instanceof MomentError)) return momentText(moment);
  const plain = plainDate(input);
  if (plain !== undefined) return `${plain}T00:00:00`;
  const msg = `Input should be a valid datetime or date, ${moment.message}`;
  return refuse(problems, { type: 'datetime_from_date_parsing', loc, msg, input, ctx: { error: moment.message } });
};

function plainDate(input: Value): string | undefined {
  if (typeof input !== 'string') return undefined;
  try {
    return parseDate(input);
  } catch {
    return undefined;
  }
}

function momentIn(input: Value): Moment | MomentError | undefined {
  const seconds = numberIn(input);
  if (seconds !== undefined) return momentAt(seconds);
  if (typeof input !== 'string') return undefined;
  try {
    return parseMoment(input);
  } catch (error) {
    if (error instanceof MomentError) return error;
    throw error;
  }
}
