import { l10n } from 'vscode';
import { isDtmError } from '../../core/errors.ts';
import type { Log } from '../log.ts';
import type { Person } from '../prompts/person.ts';
import { WentBack } from '../prompts/person.ts';

/** Runs an action of the person; whatever it throws is logged and told, with what to do about it. */
export type Guard = <T>(name: string, action: () => T | Promise<T>) => Promise<T | undefined>;

/** The one place in which a failure becomes a message: handlers need no try and catch. */
export function createGuard(log: Log, person: Person): Guard {
  return async (name, action) => {
    const started = Date.now();
    try {
      const result = await action();
      log.debug('command.done', { name, ms: Date.now() - started });
      return result;
    } catch (error) {
      if (isDtmError(error, 'cancelled') || error instanceof WentBack) return undefined;
      log.error('command.failed', { name, error });
      void tell(error, log, person);
      return undefined;
    }
  };
}

async function tell(error: unknown, log: Log, person: Person): Promise<void> {
  const showLog = l10n.t('Show Log');
  const chosen = await person.fail(errorText(error), showLog);
  if (chosen === showLog) log.show();
}

/** What happened and what to do, in sentences; never a stack. */
export function errorText(error: unknown): string {
  if (!isDtmError(error)) {
    const reason = error instanceof Error ? error.message : String(error);
    return `${l10n.t('DTM met something unexpected.')} ${sentence(reason)}`;
  }
  const hint = error.hint === undefined ? '' : ` ${sentence(error.hint)}`;
  return `${sentence(error.message)}${hint}`;
}

/** Begins with a capital letter and ends with a full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const begun = /^[a-z]+[\s,]/.test(trimmed) ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?…]$/.test(begun) || begun === '' ? begun : `${begun}.`;
}
