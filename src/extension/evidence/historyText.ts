import { l10n } from 'vscode';
import type { EvidenceRecord } from '../../core/evidence/record.ts';

/** What a person wants to read of a value in one line. */
const longestValue = 200;

/** The history of something as plain text, the newest first. */
export function historyText(records: readonly EvidenceRecord[], total: number): string {
  if (total === 0) return l10n.t('Nothing is recorded yet.');
  const shown = records.length < total ? [l10n.t('The newest {0} of {1} records.', records.length, total), ''] : [];
  return [...shown, ...records.toReversed().flatMap((record) => [...linesOf(record), ''])].join('\n');
}

function linesOf({ at, actor, action, entity, id, outcome, surface, cof, changes, gates }: EvidenceRecord): string[] {
  const head = `${new Date(at).toLocaleString()}  ${actor}  ${action} ${entity} ${id}: ${outcome}  (${surface})`;
  const fields = Object.entries(changes).map(
    ([field, [from, to]]) => `${field}: ${valueText(from)} → ${valueText(to)}`,
  );
  const sentences = gates.map(({ gate, sentence, override }) => {
    return override === undefined ? `${gate}: ${sentence}` : `${gate}: ${sentence} (${override})`;
  });
  // The dimension says `none given` where nobody gave a reason, and what was done in words where no field tells.
  const told = [...fields, cof.intent, ...sentences];
  return [head, ...told.map((line) => `    ${line}`)];
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}
