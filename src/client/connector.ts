import { buildConnector, errors } from 'undici';

/**
 * Opens connections within `timeoutMs`, to the millisecond: undici's own limit is only good to half a second, and a
 * black hole is to be noticed in little more than two.
 */
export function timedConnector(timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs });
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
