import { commands, l10n, type Memento, Range, Uri, window } from 'vscode';
import { type CsvAnswer, emptyCsvReport } from '../../core/csvEdits.ts';
import type { Disposable, Notice } from '../../core/ports.ts';
import type { AppHost } from '../appHost.ts';
import type { CommandTable } from '../commands/commandTable.ts';
import type { Guard } from '../commands/guard.ts';
import { sentence } from '../commands/guard.ts';
import { answerCsv } from '../csv/decideCsv.ts';
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

interface NoticeAction {
  readonly label: string;
  readonly run: () => Promise<void>;
}

async function show(options: NoticesOptions, notice: Notice): Promise<void> {
  const actions = actionsFor(options, notice);
  const text = `${sentence(notice.message)} ${sentence(notice.hint)}`;
  const chosen = await options.person.warn(text, ...actions.map(({ label }) => label));
  await actions.find(({ label }) => label === chosen)?.run();
}

function actionsFor(options: NoticesOptions, { code, file }: Notice): readonly NoticeAction[] {
  const of = options.host.app?.status.csv ?? emptyCsvReport;
  const answer = (label: string, decision: CsvAnswer): NoticeAction => ({
    label,
    run: async () => answerCsv(await options.host.ready(), options.person, { ...decision, of }),
  });
  switch (code) {
    case 'csv-edit-untrusted':
      return [{ label: l10n.t('Manage Trust'), run: async () => commands.executeCommand('workbench.trust.manage') }];
    case 'csv-edit-missing':
      return [answer(l10n.t('Write Back'), { missing: 'keep' }), answer(l10n.t('Delete…'), { missing: 'delete' })];
    case 'csv-edit-stale':
      return [answer(l10n.t('Discard'), { stale: 'discard' }), answer(l10n.t('Take Over'), { stale: 'take' })];
    default:
      return file?.endsWith('.csv')
        ? fileActions(options, file)
        : [{ label: l10n.t('Show Log'), run: options.commands['dtm.showLog'] }];
  }
}

function fileActions({ host, commands: table }: NoticesOptions, file: string): readonly NoticeAction[] {
  return [
    { label: l10n.t('Open File'), run: () => openAtProblem(host, file) },
    { label: l10n.t('Rewrite CSV Files'), run: table['dtm.rewriteCsv'] },
  ];
}

/** Opens the file where the first thing is wrong. */
async function openAtProblem({ app }: AppHost, file: string): Promise<void> {
  const line = app?.status.csv.problems.find(({ path }) => path === file)?.line ?? 1;
  const selection = new Range(line - 1, 0, line - 1, 0);
  await window.showTextDocument(Uri.file(file), { selection });
}

function keyOf(notice: Notice): string {
  return [notice.code, notice.file ?? '', notice.message].join('\n');
}
