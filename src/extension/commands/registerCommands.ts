import { commands } from 'vscode';
import type { Disposable } from '../../core/ports.ts';
import { DisposableList } from '../disposableList.ts';
import type { CommandTable, Target } from './commandTable.ts';
import type { Guard } from './guard.ts';

/** Registers every command, each in the one wrapper that logs and tells what fails. */
export function registerCommands(table: CommandTable, guard: Guard): Disposable {
  const owned = new DisposableList();
  for (const [id, handler] of Object.entries(table)) {
    const run = (target?: Target): Promise<void> => guard(id, () => handler(target));
    owned.add(commands.registerCommand(id, run));
  }
  return owned;
}
