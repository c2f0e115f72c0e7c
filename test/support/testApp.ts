import { homedir } from 'node:os';
import { type AppOptions, createApp } from '../../src/app/createApp.ts';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import type { TokenStore } from '../../src/core/ports.ts';
import { silentLogger } from './trackerBench.ts';

/** Keeps tokens for the life of the object. */
function memoryTokens(): TokenStore {
  const memory = new Map<string, string>();
  return {
    get: async (key) => memory.get(key),
    set: async (key, value) => void memory.set(key, value),
    delete: async (key) => void memory.delete(key),
  };
}

/** The app as an edge opens it: a visitor, unless the options say otherwise. */
export function openTestApp(stateHome: string, folder: string, options: Partial<AppOptions> = {}): Promise<DtmApp> {
  return createApp({
    folder,
    surface: 'cli',
    resident: false,
    surroundings: { env: { DTM_STATE_HOME: stateHome }, platform: process.platform, home: homedir() },
    tokens: memoryTokens(),
    logger: silentLogger,
    localUser: 'tester',
    ...options,
  });
}

export const everything = { filter: {}, sort: [], limit: 1_000_000, offset: 0 } as const;
