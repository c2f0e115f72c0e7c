const least = [22, 13] as const;

/**
 * What is wrong with the Node.js that runs this, in the form of every other error; undefined where it is good enough.
 * @param version such as `20.19.2`
 */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > least[0] || (major === least[0] && minor >= least[1])) return undefined;
  const needed = least.join('.');
  return `error: this is Node.js ${version}, and cf_cli needs ${needed} or later\nhint: Run it with a newer Node.js.\n`;
}
