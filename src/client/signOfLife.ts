import { type DispatcherOptions, openDispatcher } from './dispatcher.ts';

/**
 * Waits for any answer at all to `GET /`, over a new connection: kept ones may lead nowhere. Every back end answers it
 * without a token, without looking at its data.
 * @param ms how long
 * @throws Error if nothing came
 */
export async function signOfLife(options: DispatcherOptions, ms: number): Promise<void> {
  const dispatcher = await openDispatcher({ ...options, connectTimeoutMs: ms });
  try {
    const { body } = await dispatcher.request({
      origin: options.origin,
      path: '/',
      method: 'GET',
      signal: AbortSignal.timeout(ms),
    });
    body.on('error', () => undefined).destroy();
  } finally {
    await dispatcher.destroy();
  }
}
