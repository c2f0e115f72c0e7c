import { readFile } from 'node:fs/promises';
import * as tls from 'node:tls';
import { DtmError, systemCode } from '../core/errors.ts';
import type { NetworkSettings } from '../core/networkSettings.ts';

/**
 * Certificates beyond those of the system, read once for all connections of a pool.
 * @returns undefined where the person set none
 * @throws DtmError `configuration` if a file cannot be read or used
 */
export async function secureContextOf(network: NetworkSettings): Promise<tls.SecureContext | undefined> {
  const { caFile, certFile, keyFile } = network;
  if (caFile === undefined && certFile === undefined && keyFile === undefined) return undefined;
  if ((certFile === undefined) !== (keyFile === undefined)) throw halfIdentity();
  const [ca, cert, key] = await Promise.all([read(caFile), read(certFile), read(keyFile)]);
  if (caFile !== undefined && !ca?.includes('-----BEGIN')) throw unusable(caFile, 'no certificate in PEM form');
  try {
    return tls.createSecureContext({
      ...(ca === undefined ? {} : { ca: [...systemAuthorities(), ca] }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
  } catch (error) {
    // The cause is left out: it may quote the key.
    throw unusable([caFile, certFile, keyFile].filter(Boolean).join(', '), systemCode(error) ?? 'not in PEM form');
  }
}

/** Naming authorities replaces the built-in ones: they are named as well. */
function systemAuthorities(): readonly string[] {
  // Node.js 20 cannot tell what NODE_EXTRA_CA_CERTS adds.
  const { getCACertificates } = tls as Partial<typeof tls>;
  return getCACertificates?.('default') ?? tls.rootCertificates;
}

async function read(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unusable(path, systemCode(error) ?? 'unreadable');
  }
}

const hint =
  'Check the settings dtm.tls.ca, dtm.tls.cert and dtm.tls.key, or DTM_CA_FILE, DTM_CLIENT_CERT, DTM_CLIENT_KEY.';

function unusable(path: string, why: string): DtmError {
  return new DtmError('configuration', `cannot use the certificate file ${path} (${why})`, { hint });
}

function halfIdentity(): DtmError {
  return new DtmError('configuration', 'a client certificate needs its key, and a key its certificate', { hint });
}
