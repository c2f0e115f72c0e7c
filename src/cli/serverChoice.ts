import type { DtmApp } from '../app/dtmApp.ts';
import { serverOrigin } from '../app/serverAddress.ts';
import { DtmError } from '../core/errors.ts';
import type { Surroundings } from '../core/stateHome.ts';
import { defaultServer } from './environment.ts';
import type { GlobalOptions } from './globalOptions.ts';
import type { Output } from './output/output.ts';
import { needingSignIn } from './signIn.ts';

/** The command that names a server. */
interface Call {
  readonly options: GlobalOptions;
  readonly surroundings: Surroundings;
  readonly output: Output;
}

interface ServerChoice {
  readonly origin: string;
  readonly source: '--server' | 'DTM_API_URL';
}

/** The server that the person named, on the command line or in the environment. @throws DtmError `configuration` */
function chosenServer({ options, surroundings }: Call): ServerChoice | undefined {
  const fromEnvironment = surroundings.env.DTM_API_URL;
  if (options.server !== undefined) return { origin: serverOrigin(options.server), source: '--server' };
  return fromEnvironment ? { origin: serverOrigin(fromEnvironment), source: 'DTM_API_URL' } : undefined;
}

/**
 * Makes sure that the workspace belongs to the server that the person named: binds one that is still empty, and refuses
 * where local data or another server would be concerned.
 * @throws DtmError `configuration`, and whatever binding throws
 */
export async function bindToChosenServer(call: Call, app: DtmApp): Promise<void> {
  const choice = chosenServer(call);
  const current = app.binding.current;
  if (!choice || current?.origin === choice.origin) return;
  if (call.options.offline) throw notBoundTo(choice, current?.origin);
  if (!current && hasData(app)) throw wouldTakeDataAlong(choice);
  const plan = await needingSignIn(choice.origin, () => app.binding.plan(choice.origin));
  if (current && !plan.alreadyBound) throw notBoundTo(choice, current.origin);
  await app.binding.bind(plan);
  call.output.note(`this workspace now belongs to ${plan.origin}, as ${plan.account}`);
}

function hasData({ tracker }: DtmApp): boolean {
  return tracker.count('project') + tracker.count('sprint') + tracker.count('task') > 0;
}

function notBoundTo(choice: ServerChoice, current: string | undefined): DtmError {
  const where = current === undefined ? 'no server yet' : current;
  return new DtmError(
    'configuration',
    `${choice.source} names ${choice.origin}, but this workspace belongs to ${where}`,
    {
      hint: `Leave ${choice.source} out, or move the workspace with: cf_cli bind ${choice.origin}`,
    },
  );
}

function wouldTakeDataAlong(choice: ServerChoice): DtmError {
  return new DtmError('configuration', `this workspace has data that ${choice.origin} does not know`, {
    hint: `To create it there, run: cf_cli bind ${choice.origin}`,
  });
}

/** The server that a command about accounts speaks to: the one named, else the workspace's, else the usual local one. */
export function serverToAsk(call: Call, app: DtmApp): string {
  return chosenServer(call)?.origin ?? app.binding.current?.origin ?? defaultServer;
}
