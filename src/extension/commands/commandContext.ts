import type { EntityKind } from '../../core/ids.ts';
import type { AppHost } from '../appHost.ts';
import type { Person } from '../prompts/person.ts';

/** What the handlers of entity commands work with. */
export interface CommandContext {
  readonly host: AppHost;
  readonly person: Person;
  /** Shows an entity in the trees that are on screen. */
  reveal(kind: EntityKind, id: string): Promise<void>;
}
