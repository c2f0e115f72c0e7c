import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { problemMediaType } from '../api/problem.ts';
import { DtmError } from '../core/errors.ts';
import { toProblem } from './problems.ts';

const malformed = new DtmError('bad-request', 'the request is not well-formed HTTP', {
  hint: 'Send a well-formed address and headers.',
});
const tooLate = new DtmError('bad-request', 'the request did not arrive in time', { hint: 'Send it again, faster.' });
const body = (error: DtmError, status: number) => JSON.stringify({ ...toProblem(error), status });

interface RawReply {
  readonly raw: ServerResponse;
}

/** Answers an address that cannot even be routed, such as one with a broken percent sign. */
export function answerUnroutable(_error: Error, _request: unknown, reply: RawReply): void {
  reply.raw.writeHead(400, { 'content-type': problemMediaType });
  reply.raw.end(body(malformed, 400));
}

/** Answers what Node's parser refused or gave up waiting for, and closes the connection. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  // Without a finished handshake there is no way to say anything, also to who speaks plain HTTP to a TLS port.
  const hasNoTls = /^ERR_(SSL|TLS)_/.test(error.code ?? '');
  if (error.code === 'ECONNRESET' || hasNoTls || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, text] = statusLine(error.code);
  const content = body(error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? tooLate : malformed, status);
  const head = `HTTP/1.1 ${status} ${text}\r\nContent-Type: ${problemMediaType}\r\nConnection: close\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`);
}

function statusLine(code: string | undefined): readonly [number, string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'Request Timeout'];
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'Request Header Fields Too Large'];
  return [400, 'Bad Request'];
}
