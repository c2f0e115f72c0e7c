import { DtmError, systemCode } from '../core/errors.ts';

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

/** By name: loading undici to compare classes would cost every command that stays offline a third of its time. */
function isParserError(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'HTTPParserError';
}

function isTls(code: string): boolean {
  return /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/.test(code);
}

function untrusted(origin: string, cause: unknown, code: string): DtmError {
  return new DtmError('incompatible', `no trusted connection to ${origin} (${code})`, {
    hint: 'Check whether the address begins with http: or https:, and whether its certificate is valid.',
    cause,
  });
}

function notHttp(origin: string, cause: unknown): DtmError {
  return new DtmError('bad-answer', `what answers at ${origin} is not a web server`, {
    hint: `Check the address ${origin}: another program may use that port.`,
    cause,
  });
}
