import { l10n, MarkdownString } from 'vscode';
import { type Entity, fieldValue, labelOf } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import { escapeMarkdown, firstLine } from './escapeMarkdown.ts';
import { localDay } from './progress.ts';
import { fieldText, kindText, statusText } from './words.ts';

const shownFields: Readonly<Record<EntityKind, readonly string[]>> = {
  project: ['owner', 'startDate', 'targetEndDate', 'blockedReason', 'pendingReason', 'labels'],
  sprint: [
    'owner',
    'startDate',
    'endDate',
    'committedPoints',
    'velocityTargetPoints',
    'blockedReason',
    'pendingReason',
  ],
  task: ['priority', 'owner', 'assignees', 'dueAt', 'estimatePoints', 'blockedReason', 'labels'],
};

const longestText = 600;

/** The tooltip of an entity. People wrote what stands in it, so it is never trusted and all of it is escaped. */
export function entityTooltip(kind: EntityKind, entity: Entity): MarkdownString {
  const head = `**${escapeMarkdown(firstLine(labelOf(entity), 200))}**`;
  const line = `${kindText(kind)} ${escapeMarkdown(entity.id)} · ${statusText(entity.status)}`;
  const facts = shownFields[kind].flatMap((field) => factLine(entity, field));
  const text = descriptionOf(entity).slice(0, longestText);
  const changed = l10n.t('Changed {0} by {1}', localDay(new Date(entity.updatedAt)), entity.updatedBy);
  const paragraphs = [head, line, facts.join('  \n'), quoted(text), escapeMarkdown(changed)];
  const markdown = new MarkdownString(paragraphs.filter((part) => part !== '').join('\n\n'));
  markdown.isTrusted = false;
  markdown.supportHtml = false;
  return markdown;
}

function factLine(entity: Entity, field: string): string[] {
  const value = fieldValue(entity, field);
  const isEmpty = value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  return isEmpty ? [] : [`${escapeMarkdown(fieldText(field))}: ${escapeMarkdown(factText(field, value))}`];
}

function factText(field: string, value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return field === 'dueAt' ? localDay(new Date(String(value))) : firstLine(String(value), 200);
}

function descriptionOf(entity: Entity): string {
  if ('title' in entity) return entity.description;
  return 'goal' in entity ? entity.goal : entity.mission;
}

function quoted(text: string): string {
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => escapeMarkdown(line.trim()))
    .join('  \n');
}
