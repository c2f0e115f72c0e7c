import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DtmServer } from '../support/dtmServer.ts';
import type { Workbench } from '../support/workbench.ts';

// What a person does again and again in these stories.

export const statusItem = 'dtm.dtm-vscode.connection';

/** Reads something again and again until it is as wanted. @throws with what was read last after `timeoutMs` */
export async function until<T>(
  read: () => Promise<T>,
  isWanted: (value: T) => boolean,
  timeoutMs = 10_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (isWanted(value)) return value;
    if (Date.now() > end) throw new Error(`Not so within ${timeoutMs} ms; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until the status bar says it in the words that a screen reader hears. */
export async function waitForStatus(workbench: Workbench, words: RegExp, timeoutMs = 10_000): Promise<void> {
  const item = workbench.statusBar.item(statusItem);
  const label = async () => (await item.locator('[aria-label]').first().getAttribute('aria-label')) ?? '';
  await until(label, (text) => words.test(text), timeoutMs);
}

export async function createProject({ quickInput }: Workbench, name: string): Promise<void> {
  await quickInput.runCommand('DTM: Create Project…');
  await quickInput.waitForTitle('Create Project');
  await quickInput.enter(name);
  await quickInput.waitForMessage('What is it for?');
  await quickInput.enter('');
  await quickInput.widget.waitFor({ state: 'hidden' });
}

/** Creates a task in the sprint or backlog with this label. */
export async function createTask({ quickInput }: Workbench, title: string, place: string): Promise<void> {
  await quickInput.runCommand('DTM: Create Task…');
  await quickInput.waitForTitle('Create Task');
  await quickInput.enter(title);
  await quickInput.pick(place);
  await quickInput.widget.waitFor({ state: 'hidden' });
}

/** Connects the workspace to a server, signing in with the password. */
export async function signInAndConnect(
  { quickInput, notifications }: Workbench,
  server: Pick<DtmServer, 'origin' | 'username' | 'password'>,
): Promise<void> {
  await quickInput.runCommand('DTM: Connect to a Server…');
  await quickInput.waitForTitle('Connect to a Server');
  await quickInput.enter(server.origin);
  await quickInput.waitForTitle(`Sign In to ${server.origin}`);
  await quickInput.enter(server.username);
  await quickInput.waitForMessage(`Password of ${server.username}`);
  await quickInput.enter(server.password);
  await notifications.answerDialog('Connect this workspace', 'Connect');
}

export interface ServerEntity {
  readonly id: string;
  readonly title?: string;
  readonly name?: string;
  readonly status: string;
  readonly project_id?: string;
  readonly sprint_id?: string | null;
}

/** What the server has, asked by HTTP as anybody may. */
export async function listOnServer(server: DtmServer, what: 'projects' | 'sprints' | 'tasks'): Promise<ServerEntity[]> {
  const headers = { authorization: `Bearer ${await server.login()}` };
  const response = await fetch(`${server.origin}/api/v1/${what}?limit=1000`, { headers });
  if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { items: ServerEntity[] }).items;
}

/** The lines of a CSV file of the workspace that hold this text; none where the file is not there. */
export async function csvLines(folder: string, file: string, text: string): Promise<string[]> {
  const content = await readFile(join(folder, '.dtm', file), 'utf8').catch(() => '');
  return content.split('\n').filter((line) => line.includes(text));
}
