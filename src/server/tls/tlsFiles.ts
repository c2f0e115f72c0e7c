import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { FieldProblem } from '../../core/errors.ts';

/** Where certificate and key are, PEM. */
export interface TlsFiles {
  /** The server's certificate first, then those between it and the root. */
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate with the key that belongs to it, as they were read. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** The server's own certificate. */
  readonly certificate: X509Certificate;
}

type Reading<T> = { readonly value: T } | { readonly problem: FieldProblem };

/** Reads and checks both files: gives what they hold, or everything that is wrong with them. Never shows the key. */
export function readTlsFiles({ certFile, keyFile }: TlsFiles): TlsMaterial | readonly FieldProblem[] {
  const cert = readCertificate(certFile);
  const key = readKey(keyFile);
  if (!('value' in cert) || !('value' in key)) {
    return [cert, key].flatMap((reading) => ('problem' in reading ? [reading.problem] : []));
  }
  if (!cert.value.certificate.checkPrivateKey(key.value.key)) {
    return [problem('DTM_TLS_KEY', `the key in ${keyFile} does not belong to the certificate in ${certFile}`)];
  }
  const material = { cert: cert.value.pem, key: key.value.pem, certificate: cert.value.certificate };
  return unusable(material) ?? material;
}

function readCertificate(file: string): Reading<{ readonly pem: string; readonly certificate: X509Certificate }> {
  const name = 'DTM_TLS_CERT';
  const text = readText(name, file);
  if ('problem' in text) return text;
  try {
    return { value: { pem: text.value, certificate: new X509Certificate(text.value) } };
  } catch {
    return { problem: problem(name, `${file} holds no certificate in PEM`) };
  }
}

function readKey(file: string): Reading<{ readonly pem: string; readonly key: KeyObject }> {
  const name = 'DTM_TLS_KEY';
  const text = readText(name, file);
  if ('problem' in text) return text;
  if (/ENCRYPTED/.test(text.value)) {
    return { problem: problem(name, `the key in ${file} has a passphrase, which a server cannot be asked for`) };
  }
  try {
    return { value: { pem: text.value, key: createPrivateKey(text.value) } };
  } catch {
    return { problem: problem(name, `${file} holds no private key in PEM`) };
  }
}

function readText(name: string, file: string): Reading<string> {
  try {
    return { value: readFileSync(file, 'utf8') };
  } catch (error) {
    return { problem: problem(name, `cannot be read: ${(error as Error).message}`) };
  }
}

/** What only OpenSSL itself finds: a key that is too short, a damaged certificate further down the file. */
function unusable({ cert, key }: TlsMaterial): readonly FieldProblem[] | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    return [problem('DTM_TLS_CERT', `cannot be used: ${(error as Error).message}`)];
  }
}

function problem(path: string, message: string): FieldProblem {
  return { path, code: 'configuration', message };
}
