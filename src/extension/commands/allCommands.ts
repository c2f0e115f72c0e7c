import { commands } from 'vscode';
import type { AppHost } from '../appHost.ts';
import { connectionCommands } from '../connection/connectionCommands.ts';
import { chooseAction } from '../connection/showActions.ts';
import { syncCommands } from '../connection/syncCommands.ts';
import { csvCommands } from '../csv/decideCsv.ts';
import type { DetailsViews } from '../details/detailsViews.ts';
import { evidenceCommands } from '../evidence/evidenceCommands.ts';
import type { HistoryDocuments } from '../evidence/historyDocuments.ts';
import type { Log } from '../log.ts';
import type { Person } from '../prompts/person.ts';
import type { LocalServer } from '../server/localServer.ts';
import { serverCommands } from '../server/serverCommands.ts';
import { readSettings } from '../settings.ts';
import { stoppedCommands } from '../stopped/decide.ts';
import type { SyncView } from '../stopped/syncView.ts';
import type { VersionDocuments } from '../stopped/versionDocuments.ts';
import { undoCommands } from '../undo/undoCommands.ts';
import type { Trees } from '../views/trees.ts';
import type { CommandTable } from './commandTable.ts';
import { createCommands } from './createCommands.ts';
import { entityCommands } from './entityCommands.ts';
import type { Guard } from './guard.ts';
import { statusCommands } from './statusCommands.ts';

export interface Features {
  readonly host: AppHost;
  readonly person: Person;
  readonly log: Log;
  readonly guard: Guard;
  readonly server: LocalServer;
  readonly trees: Trees;
  readonly details: DetailsViews;
  readonly documents: VersionDocuments;
  readonly histories: HistoryDocuments;
  readonly sync: SyncView;
}

/** Every command with its handler; one that has none is a compile error here. */
export function allCommands(features: Features): CommandTable {
  const { host, person, guard, server, trees, details, sync } = features;
  const context = { host, person, guard, reveal: trees.reveal.bind(trees) };
  const settings = readSettings;
  return {
    ...createCommands(context),
    ...entityCommands(context),
    ...statusCommands(context),
    ...undoCommands(context),
    ...connectionCommands({ host, person, settings }),
    ...serverCommands({ host, person, guard, server, settings }),
    ...syncCommands(features),
    ...stoppedCommands(features),
    ...csvCommands(features),
    ...evidenceCommands(features),
    ...details.commands(),
    'dtm.showMore': async (node) => {
      trees.showMore(node);
      sync.showMore(node);
    },
    'dtm.showActions': async () => {
      await commands.executeCommand(await chooseAction(host, person, server.isRunning));
    },
  };
}
