import { DtmError } from '../core/errors.ts';

/**
 * The exact origin of a server address as people type it: `localhost:8000` → `http://127.0.0.1:8000`. The name
 * `localhost` becomes the address that a DTM server listens on, so that one server has one origin, and one token.
 * @throws DtmError `configuration`
 */
export function serverOrigin(given: string): string {
  const text = given.trim();
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  const isServer = url && /^https?:$/.test(url.protocol) && url.hostname !== '' && url.username === '';
  if (!isServer) throw notAnAddress(given);
  if (url.hostname === 'localhost') url.hostname = '127.0.0.1';
  return url.origin;
}

/** Whether an origin is on this machine. */
export function isLoopbackOrigin(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function notAnAddress(given: string): DtmError {
  return new DtmError('configuration', `not the address of a server: ${given}`, {
    hint: 'Write it like http://localhost:8000, without a user name in it.',
  });
}
