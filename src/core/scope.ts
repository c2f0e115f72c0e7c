/** The projects that a workspace is limited to; null: all of them. */
export type ProjectList = readonly string[] | null;

/** What of `wanted` is not in `read`; null: all that there is besides. */
export function missingFrom(wanted: ProjectList, read: ProjectList): ProjectList {
  if (read === null) return [];
  return wanted?.filter((id) => !read.includes(id)) ?? null;
}

/** All that is in one of them. */
export function union(one: ProjectList, other: ProjectList): ProjectList {
  return one && other && [...new Set([...one, ...other])].toSorted();
}
