/** A date and time as written: `offset` in minutes, undefined when no zone was given. */
export type Moment = {
  readonly date: string;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  readonly offset: number | undefined;
};

/** Why a text is no date or time, in the words of pydantic's parser (speedate). */
export class MomentError extends Error {}

/** @throws MomentError */
export function parseDate(text: string): string {
  const date = datePart(text);
  if (text.length > 10) throw new MomentError('unexpected extra characters at the end of the input');
  return date;
}

/** A date and time, or a number of seconds (or, when large, milliseconds) since 1970. @throws MomentError */
export function parseMoment(text: string): Moment {
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return momentAt(Number(text));
  const date = datePart(text);
  if (text.length === 10) throw new MomentError('input is too short');
  if (!/[Tt_ ]/.test(text[10] ?? '')) {
    throw new MomentError('invalid datetime separator, expected `T`, `t`, `_` or space');
  }
  return { date, ...timePart(text.slice(11)) };
}

const secondsLimit = 2e10;

export function momentAt(seconds: number): Moment {
  const milliseconds = Math.abs(seconds) > secondsLimit ? seconds : seconds * 1000;
  const at = new Date(milliseconds);
  return {
    date: at.toISOString().slice(0, 10),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
    microsecond: at.getUTCMilliseconds() * 1000,
    offset: 0,
  };
}

export function isMidnight({ hour, minute, second, microsecond }: Moment): boolean {
  return hour === 0 && minute === 0 && second === 0 && microsecond === 0;
}

/** As pydantic writes it: six digits of a second or none, `Z` for UTC. */
export function momentText({ date, hour, minute, second, microsecond, offset }: Moment): string {
  const time = [hour, minute, second].map(two).join(':');
  const fraction = microsecond === 0 ? '' : `.${String(microsecond).padStart(6, '0')}`;
  return `${date}T${time}${fraction}${zoneText(offset)}`;
}

function zoneText(offset: number | undefined): string {
  if (offset === undefined) return '';
  if (offset === 0) return 'Z';
  const size = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function datePart(text: string): string {
  if (text.length < 10) throw new MomentError('input is too short');
  expectDigits(text.slice(0, 4), 'year');
  expectSeparator(text[4]);
  expectDigits(text.slice(5, 7), 'month');
  expectSeparator(text[7]);
  expectDigits(text.slice(8, 10), 'day');
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10)].map(Number) as [
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12) throw new MomentError('month value is outside expected range of 1-12');
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (day < 1 || day > days) throw new MomentError('day value is outside expected range');
  return text.slice(0, 10);
}

function expectDigits(text: string, name: string): void {
  if (!/^\d+$/.test(text)) throw new MomentError(`invalid character in ${name}`);
}

function expectSeparator(character: string | undefined): void {
  if (character !== '-') throw new MomentError('invalid date separator, expected `-`');
}

const times = /^(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))?(.*)$/s;

function timePart(text: string): Omit<Moment, 'date'> {
  if (text.length < 5) throw new MomentError('input is too short');
  const match = times.exec(text);
  if (!match) throw new MomentError(/^\d\d/.test(text) ? 'invalid character in minute' : 'invalid character in hour');
  if (match[9]) throw new MomentError('unexpected extra characters at the end of the input');
  const [hour, minute, second] = [match[1], match[2], match[3] ?? '0'].map(Number) as [number, number, number];
  if (hour > 23) throw new MomentError('hour value is outside expected range of 0-23');
  if (minute > 59) throw new MomentError('minute value is outside expected range of 0-59');
  if (second > 59) throw new MomentError('second value is outside expected range of 0-59');
  const microsecond = Number((match[4] ?? '').slice(0, 6).padEnd(6, '0'));
  return { hour, minute, second, microsecond, offset: offsetOf(match) };
}

function offsetOf(match: RegExpExecArray): number | undefined {
  if (match[5]) return 0;
  if (!match[6]) return undefined;
  const minutes = Number(match[7]) * 60 + Number(match[8]);
  return match[6] === '-' ? -minutes : minutes;
}
