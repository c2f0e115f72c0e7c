import type { z } from 'zod';
import {
  bootstrapChallenge,
  bootstrapMessage,
  type RuntimeFile,
  type TokensAnswer,
  tokensAnswer,
} from '../api/auth.ts';
import { DtmError } from '../core/errors.ts';
import { isLoopback } from './origin.ts';
import type { Transport } from './transport.ts';

const path = '/auth/bootstrap';
const nonceBytes = 32;

/**
 * Signs in to a local server without a password: both sides prove by HMAC that they can read the runtime file.
 * The server has to prove it first, so whatever else may listen on that port learns nothing that it could use.
 * @throws DtmError `unauthenticated` if the server's proof is wrong; `not-found` or `forbidden` if it offers no bootstrap
 */
export async function bootstrap(
  transport: Transport,
  origin: string,
  file: RuntimeFile,
  signal?: AbortSignal,
): Promise<TokensAnswer> {
  const key = await importKey(file.secret);
  const clientNonce = toBase64Url(crypto.getRandomValues(new Uint8Array(nonceBytes)));
  const challenge = await post(transport, { client_nonce: clientNonce }, bootstrapChallenge, signal);
  const serverNonce = challenge.server_nonce;
  const isServer = await verify(
    key,
    bootstrapMessage('server', origin, clientNonce, serverNonce),
    challenge.server_proof,
  );
  if (!isServer) throw impostor(origin);
  const proof = await sign(key, bootstrapMessage('client', origin, clientNonce, serverNonce));
  const body = { client_nonce: clientNonce, server_nonce: serverNonce, client_proof: proof };
  return post(transport, body, tokensAnswer, signal);
}

/** Whether a runtime file is the one of the server that we mean to talk to, on this machine. */
export function isRuntimeFileOf(file: RuntimeFile | undefined, origin: string): file is RuntimeFile {
  return file !== undefined && file.origin === origin && isLoopback(origin);
}

async function post<T>(
  transport: Transport,
  body: Readonly<Record<string, string>>,
  answer: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<T> {
  const { value } = await transport.send({ method: 'POST', path, body: JSON.stringify(body), answer }, signal);
  return value;
}

function impostor(origin: string): DtmError {
  return new DtmError('unauthenticated', `what answers at ${origin} could not prove to be your local DTM server`, {
    hint: 'Another program may have taken that port: stop it and start the server again, or sign in with a password.',
  });
}

const algorithm = { name: 'HMAC', hash: 'SHA-256' };

function importKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['sign', 'verify']);
}

async function sign(key: CryptoKey, message: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(message))));
}

/** WebCrypto compares the whole signature in constant time. */
async function verify(key: CryptoKey, message: string, proof: string): Promise<boolean> {
  const bytes = fromBase64Url(proof);
  return bytes !== undefined && crypto.subtle.verify('HMAC', key, bytes, new TextEncoder().encode(message));
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
