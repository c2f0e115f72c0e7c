import { DtmError } from '../core/errors.ts';

/**
 * Checks that `given` is an exact origin (`http://127.0.0.1:8000`): tokens are kept under it and sent to nothing else.
 * @throws DtmError `configuration`
 */
export function exactOrigin(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const usable = url !== undefined && /^https?:$/.test(url.protocol);
  if (usable && url.origin === given) return given;
  const hint = usable ? `Use ${url.origin}.` : 'Write it as http://127.0.0.1:8000.';
  throw new DtmError('configuration', `not the address of a server: ${given}`, { hint });
}

/** Whether an origin is on this machine and can be reached from nowhere else. */
export function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
