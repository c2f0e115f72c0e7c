import { l10n } from 'vscode';
import type { DtmApp } from '../../app/dtmApp.ts';
import type { AppHost } from '../appHost.ts';
import { idOfTarget } from '../commands/chooseEntity.ts';
import type { CommandTable } from '../commands/commandTable.ts';
import type { Person } from '../prompts/person.ts';
import type { HistoryDocuments } from './historyDocuments.ts';

export interface EvidenceContext {
  readonly host: AppHost;
  readonly person: Person;
  readonly histories: Pick<HistoryDocuments, 'show'>;
}

export function evidenceCommands({
  host,
  person,
  histories,
}: EvidenceContext): Pick<CommandTable, 'dtm.verifyEvidence' | 'dtm.showHistory'> {
  return {
    'dtm.verifyEvidence': async () => verify(await host.ready(), person),
    'dtm.showHistory': async (target) => {
      await host.ready();
      await histories.show(idOfTarget(target));
    },
  };
}

async function verify(app: DtmApp, person: Person): Promise<void> {
  const { fault, records, unrecorded, folder } = await app.evidence.verify();
  if (fault) {
    const place = l10n.t('{0}, line {1}: {2}', fault.file, fault.line, fault.message);
    void person.warn(l10n.t('The record of changes does not hold. {0} (in {1})', place, folder));
    return;
  }
  const held = l10n.t('The record of changes holds: {0} records were verified.', records);
  const rest = unrecorded === 0 ? '' : ` ${l10n.t('What is newer is recorded by the process that keeps it.')}`;
  void person.inform(held + rest);
}
