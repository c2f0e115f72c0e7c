import { l10n } from 'vscode';
import type { Act } from '../../core/act.ts';
import { firstLine } from '../views/escapeMarkdown.ts';
import { fieldText, kindText, statusText } from '../views/words.ts';

/** What somebody did, as they would call it: Complete task “Fix the login”. */
export function actText(act: Act): string {
  const text = texts[act.verb](kindText(act.kind), firstLine(act.name, 60), act);
  if (act.others === 0) return text;
  return act.others === 1 ? l10n.t('{0} and 1 more', text) : l10n.t('{0} and {1} more', text, act.others);
}

const texts: Readonly<Record<Act['verb'], (kind: string, name: string, act: Act) => string>> = {
  create: (kind, name) => l10n.t('Create {0} “{1}”', kind, name),
  delete: (kind, name) => l10n.t('Delete {0} “{1}”', kind, name),
  restore: (kind, name) => l10n.t('Restore {0} “{1}”', kind, name),
  complete: (kind, name) => l10n.t('Complete {0} “{1}”', kind, name),
  reopen: (kind, name) => l10n.t('Reopen {0} “{1}”', kind, name),
  status: (kind, name, { status }) => l10n.t('Set {0} “{1}” to {2}', kind, name, statusText(status ?? '')),
  edit: (kind, name, { fields }) => l10n.t('Edit {0} “{1}” ({2})', kind, name, fields.map(fieldText).join(', ')),
};
