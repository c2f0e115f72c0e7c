import { createHash, createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DtmError } from '../../core/errors.ts';
import { type EvidenceMeans, evidenceMeans } from '../../core/evidence/rules.ts';
import { createDurably, makeFolder, readIfExists } from '../files.ts';

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * What records are made with on this machine. The key lies in the user's state folder, readable by the user alone, so
 * that the editor and `cf_cli` have the same; it is made at first need.
 * @throws DtmError `damaged-file`, `cannot-write`
 */
export async function evidenceMeansOf(stateHome: string): Promise<EvidenceMeans> {
  const path = keyPath(stateHome);
  return meansWith((await readIfExists(path)) ?? (await makeKey(stateHome, path)), path);
}

/** The same without making a key: undefined where nothing was ever recorded. @throws DtmError `damaged-file` */
export async function knownEvidenceMeans(stateHome: string): Promise<EvidenceMeans | undefined> {
  const path = keyPath(stateHome);
  const key = await readIfExists(path);
  return key === undefined ? undefined : meansWith(key, path);
}

function keyPath(stateHome: string): string {
  return join(stateHome, 'evidence-key');
}

function meansWith(key: string, path: string): EvidenceMeans {
  if (!/^[0-9a-f]{64}\n$/.test(key)) {
    throw new DtmError('damaged-file', `${path} is damaged`, {
      hint: 'Remove it: a new key is made, and from there on protected values cannot be compared with earlier ones.',
    });
  }
  const hmac = (text: string) => createHmac('sha256', key).update(text).digest('hex');
  return evidenceMeans({ sha256, hmac }, () => false);
}

async function makeKey(stateHome: string, path: string): Promise<string> {
  await makeFolder(stateHome);
  const key = `${randomBytes(32).toString('hex')}\n`;
  // Another process may have been faster: then its key counts.
  await createDurably(path, key);
  return (await readIfExists(path)) ?? key;
}
