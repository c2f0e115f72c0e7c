import { l10n, type Memento, Uri, window } from 'vscode';
import type { Disposable, Notice } from '../../core/ports.ts';
import type { AppHost } from '../appHost.ts';
import type { CommandTable } from '../commands/commandTable.ts';
import type { Guard } from '../commands/guard.ts';
import { sentence } from '../commands/guard.ts';
import type { Person } from '../prompts/person.ts';

const shownKey = 'dtm.shownNotices';

export interface NoticesOptions {
  readonly host: AppHost;
  readonly person: Person;
  readonly guard: Guard;
  /** Remembers what was shown, so that a reload does not show it again. */
  readonly memory: Memento;
  readonly commands: Pick<CommandTable, 'dtm.rewriteCsv' | 'dtm.showLog'>;
}

/** Tells of damaged files and the like, each once until it is settled. Being offline is none of them. */
export function followNotices(options: NoticesOptions): Disposable {
  const update = () => void options.guard('notices', () => showNew(options));
  update();
  return options.host.onDidChangeStatus(update);
}

async function showNew(options: NoticesOptions): Promise<void> {
  const { host, memory, guard } = options;
  const app = host.app;
  if (!app) return;
  const shown = memory.get<readonly string[]>(shownKey, []);
  const present = new Map(app.status.notices.map((notice) => [keyOf(notice), notice]));
  const kept = shown.filter((key) => present.has(key));
  const fresh = [...present].filter(([key]) => !shown.includes(key));
  if (fresh.length === 0 && kept.length === shown.length) return;
  for (const [, notice] of fresh) void guard('notice', () => show(options, notice));
  await memory.update(shownKey, [...kept, ...fresh.map(([key]) => key)]);
}

async function show({ person, commands }: NoticesOptions, notice: Notice): Promise<void> {
  const openFile = l10n.t('Open File');
  const rewrite = l10n.t('Rewrite CSV Files');
  const showLog = l10n.t('Show Log');
  const isCsv = notice.file?.endsWith('.csv') ?? false;
  const actions = isCsv ? [openFile, rewrite] : [showLog];
  const chosen = await person.warn(`${sentence(notice.message)} ${sentence(notice.hint)}`, ...actions);
  if (chosen === openFile && notice.file) await window.showTextDocument(Uri.file(notice.file));
  if (chosen === rewrite) await commands['dtm.rewriteCsv']();
  if (chosen === showLog) await commands['dtm.showLog']();
}

function keyOf(notice: Notice): string {
  return [notice.code, notice.file ?? '', notice.message].join('\n');
}
