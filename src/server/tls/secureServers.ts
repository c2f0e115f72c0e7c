import { createServer as createPlainServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer, type Server as SecureServer } from 'node:https';
import type { FastifyBaseLogger } from 'fastify';
import { readTlsFiles, type TlsFiles, type TlsMaterial } from './tlsFiles.ts';

const expiresSoonMs = 14 * 24 * 60 * 60 * 1_000;

/** Makes the HTTP servers of this process: one per address, with TLS where there is a certificate. */
export class Servers {
  readonly #files: TlsFiles | undefined;
  #material: TlsMaterial | undefined;
  readonly #secure = new Set<SecureServer>();

  /** @param tls undefined: plain HTTP */
  constructor(tls: (TlsFiles & TlsMaterial) | undefined) {
    this.#files = tls;
    this.#material = tls;
  }

  create(options: ServerOptions, listener: RequestListener): Server {
    if (!this.#material) return createPlainServer(options, listener);
    const { cert, key } = this.#material;
    const server = createServer({ ...options, cert, key, minVersion: 'TLSv1.2' }, listener);
    this.#secure.add(server);
    return server;
  }

  /** Whether the certificate in use was made for a name, so that nobody else can answer to it. */
  isNamed(name: string): boolean {
    return this.#material?.certificate.checkHost(name) !== undefined;
  }

  /**
   * Reads the files again: new connections get the new certificate, those that are open stay. What cannot be used is
   * logged, and the one before it stays in use.
   */
  reread(log: FastifyBaseLogger): void {
    if (!this.#files) return;
    const read = readTlsFiles(this.#files);
    if ('cert' in read) {
      const { cert, key } = read;
      for (const server of this.#secure) server.setSecureContext({ cert, key, minVersion: 'TLSv1.2' });
      this.#material = read;
      this.tellExpiry(log);
      return;
    }
    const problems = read.map(({ path, message }) => `${path}: ${message}`);
    log.error({ problems }, 'the new certificate cannot be used; the one before it stays in use');
  }

  /** Says until when the certificate is good; louder when that is soon or over. */
  tellExpiry(log: FastifyBaseLogger): void {
    if (!this.#material) return;
    const { validTo } = this.#material.certificate;
    const expires = new Date(validTo);
    const leftMs = expires.getTime() - Date.now();
    const facts = { certificate: this.#material.certificate.subjectAltName, expires: expires.toISOString() };
    if (leftMs <= 0) log.error(facts, 'the certificate has expired, so clients will refuse it');
    else if (leftMs < expiresSoonMs) log.warn(facts, 'the certificate expires soon');
    else log.info(facts, 'TLS certificate in use');
  }
}
