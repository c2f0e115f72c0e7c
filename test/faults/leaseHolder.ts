import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The process that holds the lease of a tracker; undefined while nobody does. @param folder the tracker's state folder */
export async function leaseHolder(folder: string): Promise<number | undefined> {
  const numbers = (await readdir(folder)).flatMap((name) => /^lease-(\d+)\.json$/.exec(name)?.[1] ?? []);
  const newest = numbers.map(Number).sort((a, b) => b - a)[0];
  const text = await readFile(join(folder, `lease-${newest}.json`), 'utf8').catch(() => '{"released":true}');
  const lease = JSON.parse(text) as { released: boolean; process: { pid: number } };
  return lease.released ? undefined : lease.process.pid;
}
