import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { stateHome } from '../core/stateHome.ts';
import { systemSurroundings } from './environment.ts';

/**
 * Lets Node keep what it compiled, in the person's own state folder: in the shared temporary folder another user could
 * plant code. Must be called before the rest is imported; where the folder cannot be written, nothing happens.
 */
export function useCompileCache(): void {
  if (!process.env.NODE_DISABLE_COMPILE_CACHE)
    enableCompileCache(join(stateHome(systemSurroundings()), 'compile-cache'));
}
