/** A reference that closes a cycle, and the way back to where it begins. */
export interface CycleEdge {
  readonly from: string;
  readonly to: string;
  /** From `to` along references towards `from`: the first ones. */
  readonly way: readonly string[];
  /** How many are in the cycle. */
  readonly length: number;
}

const longestWay = 5;

/**
 * The references that must go for nothing to refer to itself over others: one of each cycle, the same ones however
 * often it is asked.
 * @param ids the nodes, in the order in which they are looked at
 */
export function cycleEdges(ids: Iterable<string>, referencesOf: (id: string) => readonly string[]): CycleEdge[] {
  const found: CycleEdge[] = [];
  const visited = new Set<string>();
  /** Those on the way to the present one, with their place on it. */
  const open = new Map<string, number>();
  // By hand, since a chain of a hundred thousand tasks would be too much for the call stack.
  const stack: { readonly id: string; readonly references: readonly string[]; next: number }[] = [];
  const enter = (id: string) => {
    visited.add(id);
    open.set(id, stack.length);
    stack.push({ id, references: referencesOf(id), next: 0 });
  };
  for (const start of ids) {
    if (!visited.has(start)) enter(start);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const to = top.references[top.next++];
      const place = to === undefined ? undefined : open.get(to);
      if (to === undefined) {
        open.delete(top.id);
        stack.pop();
      } else if (place !== undefined) {
        const way = stack.slice(place, place + longestWay).map(({ id }) => id);
        found.push({ from: top.id, to, way, length: stack.length - place });
      } else if (!visited.has(to)) enter(to);
    }
  }
  return found;
}
