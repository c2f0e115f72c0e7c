import type { Command } from 'commander';
import type { Runtime } from '../perform.ts';
import { type PlaceOptions, placeEnvironment } from './server/place.ts';

interface ServeOptions extends PlaceOptions {
  readonly host?: string;
  readonly port?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** The only command that starts a server; it opens no workspace, and the server handles signals by itself. */
export function buildServe(noun: Command, runtime: Runtime): void {
  noun
    .option('--host <address>', 'the address to listen on (default 127.0.0.1)')
    .option('--port <port>', 'the port to listen on (default 8000)')
    .option('--data-dir <dir>', 'where the data is kept')
    .option('--database-url <url>', 'a PostgreSQL database to keep it in instead: postgres://…')
    .option('--tls-cert <file>', 'serve https with this certificate (PEM), reread on SIGHUP')
    .option('--tls-key <file>', 'the private key that belongs to it (PEM)')
    .option('--env-file-dir <dir>', 'read settings (DTM_*) from the .env files in this folder, too')
    .action(async (options: ServeOptions) => {
      const { runServer } = await import('../../server/runServer.ts');
      runtime.exitCode = await runServer(serverEnvironment(process.env, options), options.envFileDir);
    });
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Options stand above the environment. */
function serverEnvironment(env: Environment, options: ServeOptions): Environment {
  return {
    ...placeEnvironment(env, options),
    ...(options.host === undefined ? {} : { DTM_HOST: options.host }),
    ...(options.port === undefined ? {} : { DTM_PORT: options.port }),
    ...(options.tlsCert === undefined ? {} : { DTM_TLS_CERT: options.tlsCert }),
    ...(options.tlsKey === undefined ? {} : { DTM_TLS_KEY: options.tlsKey }),
  };
}
