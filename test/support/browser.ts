import { type Browser, chromium } from 'playwright-core';
import { installBrowser } from './browserInstall.ts';

/** Starts a headless Chromium. Close it with `close()`. */
export async function launchBrowser(): Promise<Browser> {
  const { executablePath, env } = await installBrowser();
  const asRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    env: { ...definedEnvironment(), ...env },
    args: ['--disable-gpu', '--disable-dev-shm-usage', ...(asRoot ? ['--no-sandbox'] : [])],
  });
}

function definedEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
