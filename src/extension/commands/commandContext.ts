import type { EntityKind } from '../../core/ids.ts';
import type { AppHost } from '../appHost.ts';
import type { Person } from '../prompts/person.ts';
import type { Guard } from './guard.ts';

/** What the handlers of entity commands work with. */
export interface CommandContext {
  readonly host: AppHost;
  readonly person: Person;
  readonly guard: Guard;
  /** Shows an entity in the trees that are on screen. */
  reveal(kind: EntityKind, id: string): Promise<void>;
}
