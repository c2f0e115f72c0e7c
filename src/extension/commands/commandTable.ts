/** What a menu, a tree item or a link hands to a command: an entity, or nothing. Checked before it is used. */
export type Target = unknown;

type OnTarget = (target?: Target) => Promise<void>;
type Plain = () => Promise<void>;

/** Every command there is, with its handler's signature. To add one: add it here; the compiler finds the rest. */
export interface CommandTable {
  'dtm.createProject': Plain;
  'dtm.createSprint': OnTarget;
  'dtm.createTask': OnTarget;
  'dtm.createSubtask': OnTarget;
  'dtm.edit': OnTarget;
  'dtm.setStatus': OnTarget;
  'dtm.start': OnTarget;
  'dtm.complete': OnTarget;
  'dtm.reopen': OnTarget;
  'dtm.delete': OnTarget;
  'dtm.undo': Plain;
  'dtm.redo': Plain;
  'dtm.copyId': OnTarget;
  'dtm.showDetails': OnTarget;
  'dtm.showMore': OnTarget;
  'dtm.signIn': Plain;
  'dtm.signOut': Plain;
  'dtm.signOutEverywhere': Plain;
  'dtm.connect': Plain;
  'dtm.disconnect': Plain;
  'dtm.importFrom': Plain;
  'dtm.copyFrom': Plain;
  'dtm.chooseProjects': Plain;
  'dtm.startServer': Plain;
  'dtm.stopServer': Plain;
  'dtm.syncNow': Plain;
  'dtm.rewriteCsv': Plain;
  'dtm.decideCsv': Plain;
  'dtm.discardChanges': Plain;
  'dtm.resolveConflicts': OnTarget;
  'dtm.showHistory': OnTarget;
  'dtm.verifyEvidence': Plain;
  'dtm.showLog': Plain;
  'dtm.showActions': Plain;
  'dtm.tryAgain': Plain;
}

export type CommandId = keyof CommandTable;
