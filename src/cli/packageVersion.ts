import { readFileSync } from 'node:fs';

/** Seen from the bundle in `dist`, and from this source file. */
const places = ['../package.json', '../../package.json'];

/** The version of the package that this file belongs to. */
export function packageVersion(): string {
  for (const place of places) {
    const manifest = readIfThere(new URL(place, import.meta.url));
    if (manifest?.version !== undefined) return manifest.version;
  }
  return 'unknown';
}

function readIfThere(url: URL): { readonly version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(url, 'utf8')) as { readonly version?: string };
  } catch {
    return undefined;
  }
}
