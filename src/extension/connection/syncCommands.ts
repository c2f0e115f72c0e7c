import { l10n } from 'vscode';
import type { DtmApp } from '../../app/dtmApp.ts';
import { type Entity, labelOf } from '../../core/entity.ts';
import type { Operation } from '../../core/operation.ts';
import type { QueuedOperation } from '../../core/ports.ts';
import type { AppHost } from '../appHost.ts';
import type { CommandTable } from '../commands/commandTable.ts';
import type { Log } from '../log.ts';
import type { Choice, Person } from '../prompts/person.ts';
import { firstLine } from '../views/escapeMarkdown.ts';
import { kindText } from '../views/words.ts';

type SyncCommands = Pick<
  CommandTable,
  'dtm.syncNow' | 'dtm.rewriteCsv' | 'dtm.discardChanges' | 'dtm.showLog' | 'dtm.tryAgain'
>;

export interface SyncContext {
  readonly host: AppHost;
  readonly person: Person;
  readonly log: Log;
}

export function syncCommands({ host, person, log }: SyncContext): SyncCommands {
  return {
    'dtm.syncNow': async () => syncNow(await host.ready()),
    'dtm.rewriteCsv': async () => rewriteCsv(await host.ready(), person),
    'dtm.discardChanges': async () => discardChanges(await host.ready(), person),
    'dtm.showLog': async () => log.show(),
    'dtm.tryAgain': () => host.open(),
  };
}

/** The person asked, so they hear why it did not work; what happens by itself only shows in the status bar. */
async function syncNow(app: DtmApp): Promise<void> {
  const report = await app.syncNow();
  if (report.error) throw report.error;
}

async function rewriteCsv(app: DtmApp, person: Person): Promise<void> {
  const aside = await app.rewriteCsv();
  const message =
    aside.length === 0
      ? l10n.t('The CSV files were written anew.')
      : l10n.t('The CSV files were written anew. What stood there is kept in {0}.', aside.join(', '));
  void person.inform(message);
}

async function discardChanges(app: DtmApp, person: Person): Promise<void> {
  const queue = app.queue();
  if (queue.length === 0) {
    void person.inform(l10n.t('No change waits for the server, and none was refused.'));
    return;
  }
  const chosen = await person.pickMany({
    title: l10n.t('Discard Changes'),
    placeholder: l10n.t('Which changes are given up for good?'),
    choices: queue.map((queued) => choiceOf(app, queued)),
  });
  if (chosen.length === 0) return;
  await person.confirm({
    message:
      chosen.length === 1
        ? l10n.t('Discard this change for good?')
        : l10n.t('Discard {0} changes for good?', chosen.length),
    detail: l10n.t('Later changes that depend on them are discarded too. This cannot be undone.'),
    action: l10n.t('Discard'),
    isGrave: true,
  });
  await app.dropQueued(chosen);
}

const stateTexts: Readonly<Record<QueuedOperation['state'], () => string>> = {
  pending: () => l10n.t('waits for the server'),
  conflict: () => l10n.t('conflict'),
  rejected: () => l10n.t('refused'),
};

function choiceOf(app: DtmApp, { operation, state, problem }: QueuedOperation): Choice<string> {
  return {
    label: `${verbOf(operation)} ${kindText(operation.entity)} “${firstLine(nameOf(app, operation), 80)}”`,
    description: `${operation.id} · ${stateTexts[state]()}`,
    detail: problem?.message,
    value: operation.opId,
  };
}

const verbs: Readonly<Record<Operation['kind'], () => string>> = {
  create: () => l10n.t('Create'),
  update: () => l10n.t('Change'),
  delete: () => l10n.t('Delete'),
  restore: () => l10n.t('Restore'),
};

function verbOf(operation: Operation): string {
  return verbs[operation.kind]();
}

function nameOf(app: DtmApp, operation: Operation): string {
  if (operation.kind === 'create') return labelOf(operation.data);
  if (operation.kind !== 'update') return labelOf(operation.before);
  const entity: Entity | undefined = app.tracker.get(operation.entity, operation.id);
  return entity ? labelOf(entity) : operation.id;
}
