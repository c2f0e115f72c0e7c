import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority that no system trusts, with a certificate for this machine (and `dtm.internal`) and one for a client, all made anew. */
export interface Authority {
  readonly ca: Certificate;
  readonly server: Certificate;
  readonly client: Certificate;
}

export async function makeAuthority(): Promise<Authority> {
  const ca = await issue('DTM test authority', [{ name: 'basicConstraints', cA: true, critical: true }]);
  const altNames = [
    { type: 2 as const, value: 'dtm.internal' },
    { type: 7 as const, ip: '127.0.0.1' },
  ];
  const server = await issue('dtm.internal', [{ name: 'subjectAltName', altNames }], ca);
  const client = await issue('ada', [{ name: 'extKeyUsage', clientAuth: true }], ca);
  return { ca, server, client };
}

type Extensions = NonNullable<NonNullable<Parameters<typeof generate>[1]>['extensions']>;

async function issue(name: string, extensions: Extensions, ca?: Certificate): Promise<Certificate> {
  const options = { keyType: 'ec', algorithm: 'sha256', extensions, ...(ca ? { ca } : {}) } as const;
  const made = await generate([{ name: 'commonName', value: name }], options);
  return { cert: made.cert, key: made.private };
}

/** Writes PEM files, as a person has them. @returns their paths by name */
export async function writePems<K extends string>(folder: string, pems: Record<K, string>): Promise<Record<K, string>> {
  const paths: Partial<Record<K, string>> = {};
  for (const [name, text] of Object.entries<string>(pems)) {
    const path = join(folder, `${name}.pem`);
    await writeFile(path, text, { mode: 0o600 });
    paths[name as K] = path;
  }
  return paths as Record<K, string>;
}

export type CertificateFiles = { readonly certFile: string; readonly keyFile: string; readonly cert: string };

type Options = {
  readonly names?: readonly string[];
  /** In days from now; negative: it has expired. */
  readonly expiresInDays?: number;
};

const dayMs = 24 * 60 * 60 * 1_000;

/** Makes a certificate for this machine, signed by itself, and its key: `<name>.cert.pem` and `<name>.key.pem`. */
export async function makeCertificate(folder: string, name: string, options: Options = {}): Promise<CertificateFiles> {
  const { names = [], expiresInDays = 1_000 } = options;
  const altNames = [
    { type: 7 as const, ip: '127.0.0.1' },
    ...['localhost', ...names].map((value) => ({ type: 2 as const, value })),
  ];
  const now = Date.now();
  const pems = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - 2_000 * dayMs),
    notAfterDate: new Date(now + expiresInDays * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  const files = { certFile: join(folder, `${name}.cert.pem`), keyFile: join(folder, `${name}.key.pem`) };
  await writeFile(files.certFile, pems.cert);
  await writeFile(files.keyFile, pems.private, { mode: 0o600 });
  return { ...files, cert: pems.cert };
}
