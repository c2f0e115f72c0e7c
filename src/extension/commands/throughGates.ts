import { l10n } from 'vscode';
import { blockedGates } from '../../app/gates.ts';
import type { WriteOptions, Written } from '../../app/trackerService.ts';
import type { Entity } from '../../core/entity.ts';
import { type DtmError, isDtmError } from '../../core/errors.ts';
import type { GateOverrides } from '../../core/gates/settings.ts';
import type { Person } from '../prompts/person.ts';
import { errorText, type Guard } from './guard.ts';

interface Crossing<E extends Entity> {
  readonly person: Person;
  readonly guard: Guard;
  write(options: WriteOptions): Promise<Written<E>>;
  /** What follows once it is written. */
  readonly done?: (written: Written<E>) => Promise<void>;
}

/**
 * Changes something. What the quality gates object to is said in one line; where one blocks, the person is told, and may
 * give a reason to go on all the same: then it is done whenever they give it.
 * @throws DtmError whatever else keeps it from being written
 */
export async function throughGates<E extends Entity>(
  crossing: Crossing<E>,
  override: GateOverrides = {},
): Promise<void> {
  const { person, guard, write, done } = crossing;
  const outcome = await attempt(() => write({ override }));
  if ('blocked' in outcome) {
    // Not awaited: the notification may stand there for long, and the command is done.
    void guard('dtm.override', async () => {
      const reason = await askReason(person, outcome.blocked);
      const reasons = Object.fromEntries(blockedGates(outcome.blocked).map(({ gate }) => [gate, reason]));
      if (reason !== undefined) await throughGates(crossing, { ...override, ...reasons });
    });
    return;
  }
  const warnings = outcome.written.warnings.map(({ sentence }) => sentence);
  if (warnings.length > 0) person.note(`$(warning) ${warnings.join(' ')}`);
  await done?.(outcome.written);
}

type Outcome<E extends Entity> = { readonly written: Written<E> } | { readonly blocked: DtmError };

async function attempt<E extends Entity>(write: () => Promise<Written<E>>): Promise<Outcome<E>> {
  try {
    return { written: await write() };
  } catch (error) {
    if (isDtmError(error, 'gate-blocked')) return { blocked: error };
    throw error;
  }
}

/** @returns undefined where the person leaves it at that */
async function askReason(person: Person, blocked: DtmError): Promise<string | undefined> {
  const giveReason = l10n.t('Give a Reason…');
  if ((await person.fail(errorText(blocked), giveReason)) !== giveReason) return undefined;
  return person.text({
    title: l10n.t('Go On All the Same'),
    prompt: l10n.t('Why? The reason is kept with the change.'),
    validate: (text) => (text.trim() === '' ? l10n.t('Something must stand here.') : undefined),
  });
}
