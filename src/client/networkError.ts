import { DtmError, isDtmError, systemCode } from '../core/errors.ts';

/** Codes of Node.js and undici that mean "nobody answers there, for now". */
const offlineCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_SOCKET',
]);

const timeoutCodes: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** Codes of a connection that was there and ended without notice. */
const resetCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Whether no answer came because of the way to the server, or because the server took too long. */
export function isConnectionFailure(error: unknown): error is DtmError {
  if (!isDtmError(error)) return false;
  if (error.code === 'offline') return error.details.circuit === undefined;
  return error.code === 'timeout' || (error.code === 'incompatible' && error.details.tls === true);
}

/** Whether the connection ended under the request, as one does that was kept too long: another one may do. */
export function isReset(error: unknown): boolean {
  return isDtmError(error, 'offline') && resetCodes.has(systemCode(error.cause) ?? '');
}

/** The request was given up by the caller, or the client was closed under it. */
export function cancelled(origin: string, cause?: unknown): DtmError {
  return new DtmError('cancelled', `the request to ${origin} was cancelled`, { cause });
}

/** Nothing (or not everything) arrived in time. */
export function timedOut(origin: string, cause?: unknown): DtmError {
  return new DtmError('timeout', `${origin} did not answer in time`, {
    hint: `Check that the server at ${origin} is well; what you do meanwhile is kept here.`,
    retryable: true,
    cause,
  });
}

/** Turns what the socket, the TLS layer or the HTTP parser reported into an error of ours. */
export function networkError(origin: string, cause: unknown): DtmError {
  const code = systemCode(cause) ?? '';
  if (timeoutCodes.has(code)) return timedOut(origin, cause);
  if (offlineCodes.has(code)) return offline(origin, cause, code);
  const refusal = proxyRefusal(cause);
  if (refusal !== undefined) return refusedByProxy(origin, cause, refusal);
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED' || code === 'UND_ERR_ABORTED') {
    return cancelled(origin, cause);
  }
  if (isTls(code)) return untrusted(origin, cause, code);
  if (isParserError(cause) || code.startsWith('UND_ERR_')) return notHttp(origin, cause);
  // A fault without a system's code is one of ours: calling it "offline" would hide it.
  if (code === '') return new DtmError('internal', `the request to ${origin} failed unexpectedly`, { cause });
  return offline(origin, cause, code);
}

function offline(origin: string, cause: unknown, code: string): DtmError {
  return new DtmError('offline', `${origin} cannot be reached (${code})`, {
    hint: `Check that a DTM server runs at ${origin}; what you do meanwhile is kept here and sent later.`,
    retryable: true,
    cause,
  });
}

/** The status with which a proxy refused; the library says it in words only. */
function proxyRefusal(cause: unknown): number | undefined {
  const said =
    cause instanceof Error ? /^Proxy (?:response \((\d+)\)|Authentication Required)/.exec(cause.message) : null;
  return said ? Number(said[1] ?? 407) : undefined;
}

function refusedByProxy(origin: string, cause: unknown, status: number): DtmError {
  if (status === 407) {
    return new DtmError('configuration', `the proxy on the way to ${origin} asks for a name and a password`, {
      hint: 'Put them into the address of the proxy: http://name:password@proxy.example:3128.',
      cause,
    });
  }
  return new DtmError('offline', `the proxy on the way to ${origin} refused (status ${status})`, {
    hint: 'Check the proxy, and whether this server should be reached without it: http.noProxy, NO_PROXY.',
    retryable: true,
    cause,
  });
}

/** By name: loading undici to compare classes would cost every command that stays offline a third of its time. */
function isParserError(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'HTTPParserError';
}

function isTls(code: string): boolean {
  return /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/.test(code);
}

function untrusted(origin: string, cause: unknown, code: string): DtmError {
  return new DtmError('incompatible', `no trusted connection to ${origin} (${code})`, {
    hint: 'Check whether the address begins with http: or https:, and whether its certificate is valid; dtm.tls.ca or DTM_CA_FILE names an authority of your own.',
    details: { tls: true },
    cause,
  });
}

function notHttp(origin: string, cause: unknown): DtmError {
  return new DtmError('bad-answer', `what answers at ${origin} is not a web server`, {
    hint: `Check the address ${origin}: another program may use that port.`,
    cause,
  });
}
