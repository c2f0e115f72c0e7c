import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type ProblemBody, problemMediaType } from '../api/problem.ts';
import { DtmError } from '../core/errors.ts';
import { identityHeaders } from './answers.ts';
import type { ServerContext } from './context.ts';
import { toProblem } from './problems.ts';

const malformed = toProblem(
  new DtmError('bad-request', 'the request is not well-formed HTTP', {
    hint: 'Send a well-formed address and headers.',
  }),
);
const tooLate = toProblem(
  new DtmError('bad-request', 'the request did not arrive in time', { hint: 'Send it again, faster.' }),
);

interface RawRequest {
  readonly id: string;
  readonly url: string;
}
interface RawReply {
  readonly raw: ServerResponse;
}
type ClientError = Error & { readonly code?: string };

/** The answers to what never gets as far as a route; with the same headers as every other. */
export interface RawErrors {
  /** An address that cannot even be routed, such as one with a broken percent sign. */
  frameworkErrors(error: Error, request: RawRequest, reply: RawReply): void;
  /** What Node's parser refused or gave up waiting for; the connection is closed. */
  clientErrorHandler(error: ClientError, socket: Socket): void;
}

export function rawErrors({ store, ids }: Pick<ServerContext, 'store' | 'ids'>): RawErrors {
  const headersOf = (requestId: string) => ({
    ...identityHeaders(store),
    'x-request-id': requestId,
    'server-timing': 'total;dur=0.0',
    'content-type': problemMediaType,
  });
  return {
    frameworkErrors: (_error, request, { raw }) => {
      const instance = request.url.split('?', 1)[0];
      raw.writeHead(400, headersOf(request.id));
      raw.end(JSON.stringify({ ...malformed, instance, request_id: request.id }));
    },
    clientErrorHandler: (error, socket) => {
      // Without a finished handshake there is no way to say anything, also to who speaks plain HTTP to a TLS port.
      const hasNoTls = /^ERR_(SSL|TLS)_/.test(error.code ?? '');
      if (error.code === 'ECONNRESET' || hasNoTls || socket.destroyed || !socket.writable) socket.destroy();
      else socket.end(wholeAnswer(error, ids.ulid(), headersOf));
    },
  };
}

function wholeAnswer({ code }: ClientError, requestId: string, headersOf: (id: string) => object): string {
  const [status, text, problem] = meaningOf(code);
  const body = JSON.stringify({ ...problem, status, request_id: requestId });
  const headers = { ...headersOf(requestId), connection: 'close', 'content-length': Buffer.byteLength(body) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${text}`, ...lines, '', body].join('\r\n');
}

function meaningOf(code: string | undefined): readonly [number, string, ProblemBody] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'Request Timeout', tooLate];
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'Request Header Fields Too Large', malformed];
  return [400, 'Bad Request', malformed];
}
