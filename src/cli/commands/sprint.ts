import type { Command } from 'commander';
import type { Runtime } from '../perform.ts';
import { buildEntityNoun } from './entity/entityNoun.ts';

export function buildSprint(noun: Command, runtime: Runtime): void {
  buildEntityNoun(noun, 'sprint', 'name', runtime);
}
