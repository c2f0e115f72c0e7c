import { rootAnswer } from '../api/service.ts';
import { DtmError } from '../core/errors.ts';

const askMs = 1_000;

/** The error for a port that something else listens on; asks it who it is. */
export async function portTaken(host: string, port: number, cause: unknown): Promise<DtmError> {
  const owner = await identify(`http://${host.includes(':') ? `[${host}]` : host}:${port}/`);
  const hint = owner ? 'Use that server, or stop it, or choose' : 'Stop that program, or choose';
  return new DtmError('port-taken', `port ${port} is taken by ${owner ?? 'another program'}`, {
    hint: `${hint} another port with DTM_PORT (--port).`,
    cause,
  });
}

async function identify(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(askMs), redirect: 'error' });
    const parsed = rootAnswer.safeParse(await answer.json());
    return parsed.success ? `a DTM server (version ${parsed.data.version.slice(0, 40)})` : undefined;
  } catch {
    return undefined;
  }
}
