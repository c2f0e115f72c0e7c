// One window: opens the app on a shared token store, and at a word asks fifty things at once.
import { once } from 'node:events';
import { createApp } from '../../src/app/createApp.ts';
import { TokenFile } from '../../src/cli/tokenFile.ts';
import { isDtmError } from '../../src/core/errors.ts';
import { silentLogger } from '../support/trackerBench.ts';

const [origin = '', stateHome = '', folder = '', store = ''] = process.argv.slice(2);
const app = await createApp({
  folder,
  surface: 'extension',
  resident: true,
  surroundings: { env: { DTM_STATE_HOME: stateHome }, platform: process.platform, home: stateHome },
  tokens: new TokenFile(store),
  logger: silentLogger,
  localUser: 'tester',
});
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const outcomes = await Promise.all(
  Array.from({ length: 50 }, () =>
    app.accounts.whoAmI(origin).then(
      ({ username }) => username,
      (error: unknown) => (isDtmError(error) ? error.code : String(error)),
    ),
  ),
);
await app.close();
process.stdout.write(`${JSON.stringify(outcomes)}\n`);
process.stdin.destroy();
