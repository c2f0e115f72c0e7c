import type { ConnectionOptions } from 'node:tls';
import { buildConnector, errors } from 'undici';

/**
 * Opens connections within `timeoutMs`, to the millisecond: undici's own limit is only good to half a second, and a
 * black hole is to be noticed in little more than two.
 */
export function timedConnector(timeoutMs: number, tls: ConnectionOptions = {}): buildConnector.connector {
  const connect = buildConnector({ ...(tls as buildConnector.BuildOptions), timeout: timeoutMs });
  return (options, callback) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      callback(new errors.ConnectTimeoutError(`no connection within ${timeoutMs} ms`), null);
    }, timeoutMs);
    connect(options, (...[error, socket]) => {
      clearTimeout(timer);
      if (late) socket?.destroy();
      else if (error) callback(error, null);
      else callback(null, socket as NonNullable<typeof socket>);
    });
  };
}
