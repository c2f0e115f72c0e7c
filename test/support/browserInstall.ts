import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cacheFolder } from './paths.ts';
import { runProcess } from './processes.ts';
import { publishFolder } from './publishFolder.ts';

export type BrowserInstallation = {
  readonly executablePath: string;
  /** What the browser needs in its environment to find its libraries and fonts. */
  readonly env: Readonly<Record<string, string>>;
};

/**
 * A Chromium: that of `CHROME_PATH`, else that of the machine, else the one that an npm package carries together
 * with the libraries and fonts that a bare machine lacks.
 */
export async function installBrowser(): Promise<BrowserInstallation> {
  const onMachine = process.env.CHROME_PATH ?? ['/usr/bin/chromium'].find((path) => existsSync(path));
  return onMachine ? { executablePath: onMachine, env: {} } : unpackPackage();
}

async function unpackPackage(): Promise<BrowserInstallation> {
  const home = await publishFolder(join(cacheFolder, `chromium-${await packageVersion()}`), unpack);
  const libraries = [join(home, 'al2023/lib'), process.env.LD_LIBRARY_PATH].filter((path) => path !== undefined);
  return {
    executablePath: join(home, 'chromium'),
    env: { LD_LIBRARY_PATH: libraries.join(':'), FONTCONFIG_PATH: join(home, 'fonts') },
  };
}

async function packageVersion(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  let folder = dirname(entry);
  while (!existsSync(join(folder, 'bin'))) folder = dirname(folder);
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/**
 * The package unpacks into the folder for temporary files without a lock, and changes the environment of its
 * process, so it runs in a process of its own with a folder of its own. It unpacks its libraries only when it
 * believes to run on AWS, which it decides when it is imported.
 */
async function unpack(draft: string): Promise<void> {
  const script = "const { default: chromium } = await import('@sparticuz/chromium'); await chromium.executablePath();";
  const result = await runProcess(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    env: { ...process.env, TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
  });
  if (result.code !== 0) throw new Error(`Chromium could not be unpacked:\n${result.stderr}`);
  await writeFile(join(draft, 'fonts/fonts.conf'), fontsConf);
}

/** The package's own names only folders of AWS; this one takes the fonts beside it and those of the machine. */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">.</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
