/** What decides where a user's own state lives; given by the edge, so that this stays pure. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly home: string;
}

/**
 * The folder of everything that DTM keeps for a user outside the workspace: `DTM_STATE_HOME`, else the platform's
 * state folder. The editor, the CLI and the server all use this one.
 */
export function stateHome({ env, platform, home }: Surroundings): string {
  if (env.DTM_STATE_HOME) return env.DTM_STATE_HOME;
  if (platform === 'win32') return `${env.LOCALAPPDATA || `${home}\\AppData\\Local`}\\dtm`;
  if (platform === 'darwin') return `${home}/Library/Application Support/dtm`;
  return `${env.XDG_STATE_HOME || `${home}/.local/state`}/dtm`;
}
