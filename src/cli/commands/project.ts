import type { Command } from 'commander';
import type { Runtime } from '../perform.ts';
import { buildEntityNoun } from './entity/entityNoun.ts';

export function buildProject(noun: Command, runtime: Runtime): void {
  buildEntityNoun(noun, 'project', 'name', runtime);
}
