import { numberIn, PyDateTime, type Value } from '../python/value.ts';
import { type Check, refuse } from './checks.ts';
import { isMidnight, type Moment, MomentError, momentAt, momentText, parseDate, parseMoment } from './moment.ts';

/** A date; a date and time is taken at midnight only. Its JSON form is the result. */
export const date: Check = (input, loc, problems) => {
  const plain = dateIn(input);
  if (typeof plain === 'string') return plain;
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
  const plain = dateIn(input);
  if (typeof plain === 'string') return `${plain}T00:00:00`;
  const error = plain?.message ?? moment.message;
  const msg = `Input should be a valid datetime or date, ${error}`;
  return refuse(problems, { type: 'datetime_from_date_parsing', loc, msg, input, ctx: { error } });
};

/** A date and time that stays a `datetime`. */
export const pyDateTime: Check = (input, loc, problems) => {
  const text = dateTime(input, loc, problems);
  return typeof text === 'string' ? new PyDateTime(text) : null;
};

function dateIn(input: Value): string | MomentError | undefined {
  return typeof input === 'string' ? attempted(() => parseDate(input)) : undefined;
}

function momentIn(input: Value): Moment | MomentError | undefined {
  const seconds = numberIn(input);
  if (seconds !== undefined) return attempted(() => momentAt(seconds));
  return typeof input === 'string' ? attempted(() => parseMoment(input)) : undefined;
}

function attempted<T>(parse: () => T): T | MomentError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MomentError) return error;
    throw error;
  }
}
