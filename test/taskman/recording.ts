import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/paths.ts';

/** One request of a recording and the answer it got. */
export type Recorded = {
  readonly name: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** As it was sent; empty when none was, or when the recording does not show it. */
  readonly body: string;
  readonly status: number;
  /** As it arrived, or the beginning of it. */
  readonly answer: string;
};

export type RecordingName = 'probe_sqlite' | 'probe_pg' | 'probe3_sqlite' | 'probe3_pg';

const folder = join(repositoryRoot, 'test/fixtures/taskman-v2/recordings');

/** Reads a recording: `## name: METHOD path body`, and on the next line `-> status answer`. */
export function readRecording(name: RecordingName): Recorded[] {
  const lines = readFileSync(join(folder, `${name}.txt`), 'utf8').split('\n');
  return lines.flatMap((line, index) => (line.startsWith('## ') ? [recorded(line, lines[index + 1] ?? '')] : []));
}

function recorded(request: string, answer: string): Recorded {
  const asked = /^## (.*?): (GET|POST|PUT|PATCH|DELETE) (\S+) (.*)$/.exec(request) ?? noMatch(request);
  const answered = /^ {3}-> (\d{3}) (.*)$/.exec(answer) ?? noMatch(answer);
  const [, name = '', method = '', path = '', body = ''] = asked;
  return { name, method, path, body, status: Number(answered[1]), answer: answered[2] ?? '' };
}

function noMatch(line: string): never {
  throw new Error(`Not a line of a recording: ${line}`);
}

/** Whether the recording shows the answer to its end. */
export function isWhole({ answer }: Recorded): boolean {
  if (answer === '') return true;
  try {
    JSON.parse(answer);
    return true;
  } catch {
    return false;
  }
}

/** Hides what differs from run to run (points in time), and keeps its length. */
export function masked(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?/g, (time) => time.replace(/\d/g, '0'));
}
