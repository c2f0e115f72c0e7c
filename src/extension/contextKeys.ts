import { commands } from 'vscode';
import type { ConnectionKind } from '../core/ports.ts';

/** Every context key that a `when` clause of package.json may ask for, with the type of its value. */
export interface ContextKeys {
  /** Whether the tracker of the workspace is there yet. */
  'dtm.state': 'opening' | 'ready' | 'failed';
  'dtm.connection': ConnectionKind | 'unknown';
  'dtm.bound': boolean;
  'dtm.hasProjects': boolean;
  /** Whether changes wait for the server or were refused by it. */
  'dtm.hasQueue': boolean;
  /** Whether something has to be decided: conflicts, refused changes. */
  'dtm.hasStopped': boolean;
  /** Whether edits of the CSV files wait for a decision. */
  'dtm.hasCsvQuestion': boolean;
  /** Whether anything is not settled about them: a question, or a row that is wrong. */
  'dtm.hasCsvEdits': boolean;
  /** Whether changes wait for a server that cannot take them now. */
  'dtm.hasWaiting': boolean;
  /** Whether a change of this window can be taken back, or made again. */
  'dtm.canUndo': boolean;
  'dtm.canRedo': boolean;
  /** Whether this window runs a local server. */
  'dtm.serverRunning': boolean;
}

/** The same keys as a value; the type makes a forgotten one a compile error. */
export const contextKeyNames: Readonly<Record<keyof ContextKeys, true>> = {
  'dtm.state': true,
  'dtm.connection': true,
  'dtm.bound': true,
  'dtm.hasProjects': true,
  'dtm.hasQueue': true,
  'dtm.hasStopped': true,
  'dtm.hasCsvQuestion': true,
  'dtm.hasCsvEdits': true,
  'dtm.hasWaiting': true,
  'dtm.canUndo': true,
  'dtm.canRedo': true,
  'dtm.serverRunning': true,
};

/** Sets context keys; an unchanged value is not sent again. */
export class ContextKeySetter {
  readonly #sent = new Map<string, unknown>();

  set<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
    if (this.#sent.get(key) === value) return;
    this.#sent.set(key, value);
    void commands.executeCommand('setContext', key, value);
  }
}
