import { type EntityByKind, labelOf } from '../core/entity.ts';
import { DtmError } from '../core/errors.ts';
import { type EntityKind, prefixOf } from '../core/ids.ts';
import type { VisibleState } from '../core/ports.ts';

const shortest = 4;
const mostCandidates = 10;

/**
 * Finds an entity by its id or an unambiguous prefix of at least four characters after the letter, as git does; letter
 * case and the leading `T-` may be left out.
 * @throws DtmError `not-found`; `ambiguous-id`, listing candidates with their titles
 */
export function resolveId<K extends EntityKind>(visible: VisibleState, kind: K, text: string): EntityByKind[K] {
  const exact = visible.get(kind, text);
  if (exact) return exact;
  const wanted = withPrefix(kind, text.trim()).toUpperCase();
  const candidates =
    wanted.length < shortest + 2 ? [] : [...visible.all(kind)].filter((one) => one.id.toUpperCase().startsWith(wanted));
  const whole = candidates.find((one) => one.id.toUpperCase() === wanted);
  const only = candidates.length === 1 ? candidates[0] : whole;
  if (only) return only;
  throw candidates.length === 0 ? notFound(kind, text) : ambiguous(kind, text, candidates);
}

function withPrefix(kind: EntityKind, text: string): string {
  const prefix = prefixOf(kind);
  return text.toUpperCase().startsWith(prefix) ? text : `${prefix}${text}`;
}

function notFound(kind: EntityKind, text: string): DtmError {
  const short = text.replace(/^[PST]-/i, '').length < shortest;
  return new DtmError('not-found', `there is no ${kind} ${text}`, {
    hint: short
      ? 'Give at least four characters of the id after the letter.'
      : `List them to see the ids of every ${kind}.`,
  });
}

function ambiguous<K extends EntityKind>(kind: K, text: string, candidates: readonly EntityByKind[K][]): DtmError {
  const shown = candidates.slice(0, mostCandidates).map((one) => `${one.id} ${labelOf(one)}`);
  const more = candidates.length > shown.length ? [`and ${candidates.length - shown.length} more`] : [];
  return new DtmError('ambiguous-id', `${text} could be ${candidates.length} different ${kind}s`, {
    hint: `Give more characters: ${[...shown, ...more].join('; ')}.`,
    details: { candidates: candidates.slice(0, mostCandidates).map((one) => one.id) },
  });
}
