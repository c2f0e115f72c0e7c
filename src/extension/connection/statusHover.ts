import { l10n, MarkdownString } from 'vscode';
import type { DtmApp } from '../../app/dtmApp.ts';
import { dialectNames } from '../../core/dialect.ts';
import type { AppState } from '../appHost.ts';
import type { CommandId } from '../commands/commandTable.ts';
import { errorText } from '../commands/guard.ts';
import { escapeMarkdown } from '../views/escapeMarkdown.ts';
import { countText } from '../views/words.ts';
import { sensibleActions } from './actions.ts';
import { statusLook } from './connectionText.ts';
import { limitTexts } from './serverLimits.ts';

/** The panel over the status-bar item: facts, escaped, and links to the commands that make sense now. */
export function statusHover(state: AppState, isServerRunning: boolean): MarkdownString {
  const actions = sensibleActions(state, isServerRunning);
  const links = actions.map(({ id, label }) => `[${escapeMarkdown(label)}](command:${id})`).join(' · ');
  const head = `**DTM: ${escapeMarkdown(statusLook(state).words)}**`;
  const facts = factsOf(state).map(([name, value]) => `| ${escapeMarkdown(name)} | ${escapeMarkdown(value)} |`);
  const table = facts.length > 0 ? ['| | |', '|:--|:--|', ...facts].join('\n') : '';
  const markdown = new MarkdownString([head, table, ...noticesOf(state), links].filter(Boolean).join('\n\n'));
  markdown.isTrusted = { enabledCommands: actions.map(({ id }): CommandId => id) };
  return markdown;
}

function noticesOf(state: AppState): string[] {
  if (state.kind === 'failed') return [escapeMarkdown(errorText(state.error))];
  if (state.kind === 'opening') return [];
  return state.app.status.notices.map((notice) => escapeMarkdown(`${notice.message} ${notice.hint}`));
}

function factsOf(state: AppState): [string, string][] {
  if (state.kind !== 'ready') return [];
  const { app } = state;
  return [
    [l10n.t('Workspace'), app.folder ?? l10n.t('personal (no folder is open)')],
    ...serverFacts(app),
    ...queueFacts(app),
  ];
}

function serverFacts(app: DtmApp): [string, string][] {
  const { connection } = app.status;
  const binding = app.binding.current;
  if (!binding) return [];
  const facts: [string, string | undefined][] = [
    [l10n.t('Server'), binding.origin],
    ...(binding.dialect === 'dtm' ? [] : [[l10n.t('Kind'), dialectNames[binding.dialect]] as [string, string]]),
    ...limitFacts(app),
    [l10n.t('Account'), binding.account],
    [l10n.t('Limited to'), binding.projects && countText('project', binding.projects.length)],
    [l10n.t('Why'), connection.reason],
    [l10n.t('Since'), clock(connection.since)],
    [l10n.t('Latency'), connection.latencyMs === undefined ? undefined : `${Math.round(connection.latencyMs)} ms`],
    [l10n.t('Last sync'), connection.lastSync && clock(connection.lastSync)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

function limitFacts({ binding: { capabilities } }: DtmApp): [string, string][] {
  const limits = capabilities ? limitTexts(capabilities) : [];
  return limits.map((limit, index) => [index === 0 ? l10n.t('Limits') : '', limit]);
}

function queueFacts({ status }: DtmApp): [string, string][] {
  const facts: [string, number][] = [
    [l10n.t('Waiting changes'), status.pending],
    [l10n.t('Conflicts'), status.conflicts],
    [l10n.t('Refused changes'), status.rejected],
  ];
  return facts.filter(([, count]) => count > 0).map(([name, count]) => [name, String(count)]);
}

function clock(moment: string): string {
  return new Date(moment).toLocaleString();
}
