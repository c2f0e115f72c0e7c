import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { compactJson, UnicodeEncodeError } from '../python/json.ts';
import type { Value } from '../python/value.ts';
import { type Answer, crashAnswer } from './answer.ts';
import type { Incoming } from './call.ts';

/** The request as the application sees it, with its whole body. */
export async function readRequest(message: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
  const { localAddress, localPort } = message.socket;
  const url = new URL(message.url ?? '/', `http://${headers.host ?? `${localAddress}:${localPort}`}`);
  return {
    method: message.method ?? '',
    path: decoded(url.pathname),
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks),
    url: url.href,
    peer: message.socket.remoteAddress ?? '',
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Writes an answer as uvicorn would; resolves when it is handed to the socket. */
export function writeAnswer(response: ServerResponse, answer: Answer, tracing: Readonly<Record<string, string>>): void {
  const { status, headers, body, type } = rendered(answer);
  const hasBody = status !== 204;
  response.removeHeader('connection');
  response.writeHead(status, {
    server: 'uvicorn',
    ...(hasBody && { 'content-length': String(body.length) }),
    ...(type !== undefined && { 'content-type': type }),
    ...headers,
    ...(answer.isCrash ? {} : tracing),
  });
  const ends = answer.isCrash || answer.dropsConnection;
  response.end(hasBody ? body : undefined, () => {
    if (ends) response.socket?.destroySoon();
  });
}

type Rendered = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly type: string | undefined;
};

function rendered(answer: Answer): Rendered {
  const { status, headers = {} } = answer;
  if (answer.text !== undefined) {
    return { status, headers, body: Buffer.from(answer.text), type: answer.contentType ?? 'text/plain; charset=utf-8' };
  }
  if (answer.body === undefined) return { status, headers, body: Buffer.alloc(0), type: answer.contentType };
  const body = bodyJson(answer.body);
  return body ? { status, headers, body, type: 'application/json' } : rendered(crashAnswer);
}

function bodyJson(value: Value): Buffer | undefined {
  try {
    return Buffer.from(compactJson(value));
  } catch (error) {
    if (error instanceof UnicodeEncodeError) return undefined;
    throw error;
  }
}

/** The two headers that every answer has but that of a crash. */
export function tracingHeaders({ headers }: Incoming, startMs: number): Record<string, string> {
  return {
    'x-response-time': `${(performance.now() - startMs).toFixed(2)}ms`,
    'x-request-id': headers['x-request-id'] || randomUUID(),
  };
}
