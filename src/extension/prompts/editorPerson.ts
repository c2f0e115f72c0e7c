import { env, ProgressLocation, window } from 'vscode';
import { DtmError } from '../../core/errors.ts';
import type { Person } from './person.ts';
import { askMany, askPick } from './pickPrompt.ts';
import { shownWhenSlow } from './shownWhenSlow.ts';
import { askText } from './textPrompt.ts';

/** Whoever waits for the work is told how it ended. */
const noop = () => {};

const noteMs = 5_000;

/** The person at this window, asked and told with what the editor has for it. */
export const editorPerson: Person = {
  text: askText,
  pick: askPick,
  pickMany: askMany,
  confirm: async ({ message, detail, action, isGrave }) => {
    const show = isGrave ? window.showWarningMessage : window.showInformationMessage;
    const chosen = await show(message, { modal: true, detail }, action);
    if (chosen !== action) throw new DtmError('cancelled', 'cancelled');
  },
  inform: async (message, ...actions) => window.showInformationMessage(message, ...actions),
  warn: async (message, ...actions) => window.showWarningMessage(message, ...actions),
  fail: async (message, ...actions) => window.showErrorMessage(message, ...actions),
  note: (message) => void window.setStatusBarMessage(message, noteMs),
  wait: async (title, work) =>
    shownWhenSlow(work, (working) =>
      window.withProgress({ location: ProgressLocation.Notification, title }, () => working).then(undefined, noop),
    ),
  copy: async (text) => env.clipboard.writeText(text),
};
