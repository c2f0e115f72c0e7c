import { l10n } from 'vscode';
import { entityKinds } from '../../core/ids.ts';
import type { Capabilities } from '../../core/ports.ts';
import { fieldText, kindText } from '../views/words.ts';

/** What the server cannot do that a DTM server can, in the person's language; `limitsOf` in core says it in English. */
export function limitTexts({ operationIds, login, groups, readOnly, localOnly }: Capabilities): string[] {
  if (readOnly) return [l10n.t('It can only be read.')];
  return [
    ...(login ? [] : [l10n.t('Nobody signs in: anyone who reaches it can change everything.')]),
    ...(operationIds ? [] : [l10n.t('Two people who change one thing at the same moment may overwrite each other.')]),
    ...(groups ? [] : [l10n.t('Changes that belong together may arrive in part.')]),
    ...entityKinds
      .filter((kind) => localOnly[kind].length > 0)
      .map((kind) => {
        const fields = localOnly[kind].map(fieldText).join(', ');
        return l10n.t('Only in this workspace, for each {0}: {1}.', kindText(kind), fields);
      }),
  ];
}
