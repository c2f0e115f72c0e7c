import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import * as z from 'zod';
import { systemCode } from '../../core/errors.ts';
import { parseWith } from '../../core/wire.ts';
import type { Store } from '../store/store.ts';

const jwk = z.looseObject({ kty: z.string(), crv: z.string(), x: z.string(), d: z.string(), kid: z.string() });
const secretsFile = z.object({
  /** Private Ed25519 keys; the first one signs, all of them verify. */
  signing_keys: z.array(jwk).min(1).max(2),
  /** Derives each refresh token from the one before. */
  refresh_key: z.string().min(43),
});

export interface Secrets {
  readonly signingKeys: readonly JWK[];
  readonly refreshKey: Buffer;
}

/**
 * The server's keys, 0600 in the data folder, made at the first start.
 * @throws DtmError `validation` if the file is damaged; Error of the file system
 */
export async function loadSecrets(folder: string): Promise<Secrets> {
  const file = join(folder, 'secrets.json');
  const content = readIfThere(file) ?? (await makeSecrets(file));
  const secrets = readSecrets(content, file);
  chmodSync(file, 0o600);
  return secrets;
}

/**
 * The keys that all processes on one database share; they are in it, as are the hashes of passwords and tokens.
 * @throws DtmError `validation` if they are damaged, `unavailable`
 */
export async function loadSharedSecrets(store: SecretsStore): Promise<Secrets> {
  const known = await store.read((tx) => tx.meta.find(metaKey));
  return readSecrets(known ?? (await makeSharedSecrets(store)), sharedPlace);
}

async function makeSharedSecrets(store: SecretsStore): Promise<string> {
  const fresh = await newSecrets();
  return store.write(async (tx) => {
    // Another process may have been faster.
    const known = await tx.meta.find(metaKey);
    if (known === null) await tx.meta.set(metaKey, fresh);
    return known ?? fresh;
  });
}

type SecretsStore = Pick<Store, 'read' | 'write'>;

const metaKey = 'secrets';
const sharedPlace = 'the key set in the database';

/** The keys of a data folder as they are, for a backup; undefined if there are none yet. @throws Error of the file system */
export function readSecretsFile(folder: string): string | undefined {
  return readIfThere(join(folder, 'secrets.json'));
}

/**
 * Puts the keys that came with a restored backup where the server of a data folder keeps its own. A restore leaves them
 * in the database, which changes in one step; whoever comes next, the restore itself or a start, moves them.
 */
export async function adoptRestoredSecrets(store: SecretsStore, folder: string): Promise<void> {
  const restored = await store.read((tx) => tx.meta.find(metaKey));
  if (restored === null) return;
  writePrivateFile(join(folder, 'secrets.json'), restored);
  await store.write((tx) => tx.meta.remove(metaKey));
}

/** Ids of the keys that are valid from now on; the first one signs. */
export type KeyIds = readonly string[];

/**
 * Makes a new signing key for the server of a data folder; a running one takes it within seconds (`tokens.ts`). The key
 * before it stays valid, so that nobody has to sign in again, and the one before that is forgotten.
 * @throws DtmError `validation` if the file is damaged; Error of the file system
 */
export async function rotateKeys(folder: string): Promise<KeyIds> {
  await loadSecrets(folder);
  const file = join(folder, 'secrets.json');
  const content = withKey(readFileSync(file, 'utf8'), await newSigningKey(), file);
  writePrivateFile(file, content);
  return keyIdsOf(content, file);
}

/** Like {@link rotateKeys}, for the keys that the processes on one database share. */
export async function rotateSharedKeys(store: SecretsStore): Promise<KeyIds> {
  await loadSharedSecrets(store);
  const key = await newSigningKey();
  return store.write(async (tx) => {
    const content = withKey((await tx.meta.find(metaKey)) ?? '', key, sharedPlace);
    await tx.meta.set(metaKey, content);
    return keyIdsOf(content, sharedPlace);
  });
}

function keyIdsOf(content: string, where: string): KeyIds {
  return readSecrets(content, where).signingKeys.map((key) => key.kid ?? '');
}

function readSecrets(content: string, where: string): Secrets {
  const parsed = parseWith(secretsFile, parseJson(content), `${where} is damaged`);
  return { signingKeys: parsed.signing_keys, refreshKey: Buffer.from(parsed.refresh_key, 'base64url') };
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function makeSecrets(file: string): Promise<string> {
  const content = await newSecrets();
  writePrivateFile(file, content);
  return content;
}

async function newSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomBytes(8).toString('base64url'), alg: 'EdDSA', use: 'sig' };
}

function withKey(content: string, key: JWK, where: string): string {
  const secrets = parseWith(secretsFile, parseJson(content), `${where} is damaged`);
  return JSON.stringify({ ...secrets, signing_keys: [key, ...secrets.signing_keys.slice(0, 1)] });
}

async function newSecrets(): Promise<string> {
  return JSON.stringify({ signing_keys: [await newSigningKey()], refresh_key: randomBytes(32).toString('base64url') });
}

/** Writes a file that only its owner may read; it is there whole or not at all. */
export function writePrivateFile(file: string, content: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
  syncFolder(dirname(file));
}

/** Makes the names in a folder durable, where the platform lets folders be synced. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Windows has no such thing.
  }
}
