/** What the output of a starting server tells. */
export interface ServerOutput {
  /** Where it listens, once it does. */
  readonly origin: string | undefined;
  /** The account that it made at its first start; told once and kept nowhere. */
  readonly madeAccount: { readonly username: string; readonly password: string } | undefined;
  /** Why it did not start, in its own words. */
  readonly complaint: string;
}

/** Reads what a server has printed so far (`docs`: "Running it"). */
export function readServerOutput(stdout: string, stderr: string): ServerOutput {
  const origin = /^DTM API listening on (https?:\/\/\S+)$/m.exec(stdout)?.[1];
  return { origin, madeAccount: madeAccountIn(stderr), complaint: complaintIn(stderr) };
}

const madeAccountLine = /^Created the user (.+) with the password (\S+) \(shown only this once\)\.$/;

function madeAccountIn(stderr: string): ServerOutput['madeAccount'] {
  for (const line of stderr.split('\n')) {
    const [, username, password] = madeAccountLine.exec(messageOf(line)) ?? [];
    if (username !== undefined && password !== undefined) return { username, password };
  }
  return undefined;
}

/** Log lines are JSON; what the server says as it gives up is plain text. */
function messageOf(line: string): string {
  if (!line.startsWith('{')) return '';
  try {
    const entry: unknown = JSON.parse(line);
    const message = typeof entry === 'object' && entry !== null && 'msg' in entry ? entry.msg : '';
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}

function complaintIn(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('{'));
  return lines
    .map((line) => line.replace(/^(error|hint): /, ''))
    .join(' ')
    .trim();
}
