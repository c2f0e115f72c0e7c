import type { WriteStream } from 'node:tty';

type Stream = Pick<WriteStream, 'isTTY' | 'columns'>;
type Environment = Readonly<Record<string, string | undefined>>;

/** What a stream can show. */
export interface Terminal {
  readonly isTerminal: boolean;
  /** Columns to fit into; undefined: no limit, because nobody looks at it on a screen. */
  readonly width: number | undefined;
  readonly colors: boolean;
  readonly unicode: boolean;
}

const widthWithoutAnswer = 80;

/** Judges a stream by what it is and by `NO_COLOR`, `FORCE_COLOR`, `TERM`, `COLUMNS` and the locale. */
export function terminalOf(stream: Stream, env: Environment, platform: string, wantsColor = true): Terminal {
  const isTerminal = stream.isTTY === true;
  return {
    isTerminal,
    width: isTerminal ? stream.columns || Number(env.COLUMNS) || widthWithoutAnswer : undefined,
    colors: wantsColor && hasColors(isTerminal, env),
    unicode: !isTerminal || platform === 'win32' || /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || ''),
  };
}

/** https://no-color.org and https://force-color.org: forcing beats forbidding, as Node itself does. */
function hasColors(isTerminal: boolean, env: Environment): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
}
