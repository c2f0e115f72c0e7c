import type { ForeignProblem } from '../../core/foreignTable.ts';

type HeaderProblem = Pick<ForeignProblem, 'column' | 'message'>;

/**
 * Names by which a row's cells are kept. Of columns with the same name the first keeps it, so that it is the one that
 * counts; later ones are kept under a number. A column without a name gets one.
 */
export function headerNames(header: readonly string[]): {
  readonly names: readonly string[];
  readonly problems: readonly HeaderProblem[];
} {
  const given = header.map((name) => name.trim());
  const taken = new Set(given.filter((name) => name !== ''));
  const seen = new Set<string>();
  const problems: HeaderProblem[] = [];
  const names = given.map((name, index) => {
    if (name !== '' && !seen.has(name)) {
      seen.add(name);
      return name;
    }
    const other = freeName(name === '' ? `column_${index + 1}` : `${name}_2`, taken);
    taken.add(other);
    const message = `the header has this column again as number ${index + 1}: the first one counts, this one is kept as “${other}”`;
    if (name !== '') problems.push({ column: name, message });
    return other;
  });
  return { names, problems };
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let number = 3; taken.has(name); number++) name = `${wanted.replace(/_\d+$/, '')}_${number}`;
  return name;
}
