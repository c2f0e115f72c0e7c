import { repr } from '../python/text.ts';
import { typeName, type Value } from '../python/value.ts';

export type Location = readonly (string | number)[];

/** One error of pydantic 2, as `errors()` gives it. */
export type Problem = {
  readonly type: string;
  readonly loc: Location;
  readonly msg: string;
  readonly input: Value;
  readonly ctx?: Readonly<Record<string, Value>>;
};

/** The object in a FastAPI 422: `ctx` only where there is one. */
export function problemBody(problem: Problem): Value {
  const { type, loc, msg, input, ctx } = problem;
  return { type, loc: [...loc], msg, input, ...(ctx && { ctx }) };
}

/** `str(ValidationError)` of pydantic 2.13 for a response model. */
export function problemText(model: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`;
  return [`${count} for ${model}`, ...problems.map(problemLines)].join('\n');
}

function problemLines({ type, loc, msg, input }: Problem): string {
  const facts = `[type=${type}, input_value=${shortened(repr(input))}, input_type=${typeName(input)}]`;
  return `${loc.join('.')}\n  ${msg} ${facts}\n    For further information visit https://errors.pydantic.dev/2.13/v/${type}`;
}

/** pydantic-core shows 25 bytes of the start and 24 of the end of a longer input. */
function shortened(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= 50) return text;
  return `${wholeStart(bytes, 25)}...${wholeEnd(bytes, bytes.length - 24)}`;
}

function wholeStart(bytes: Buffer, limit: number): string {
  let end = limit;
  while (isContinuation(bytes[end])) end -= 1;
  return bytes.subarray(0, end).toString();
}

function wholeEnd(bytes: Buffer, from: number): string {
  let start = from;
  while (isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start).toString();
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
