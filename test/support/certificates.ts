import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

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
