import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { DtmError } from '../core/errors.ts';
import { isLoopback, type ServerSettings } from './settings.ts';
import type { Servers } from './tls/secureServers.ts';

/**
 * Refuses requests whose `Host` is not a name of this server: a web page whose name was pointed at this machine (DNS
 * rebinding) must not reach it. An address cannot be rebound; neither can a name that our certificate was made for,
 * since its owner has it; behind a proxy the proxy decides.
 */
export function checkHost(
  app: FastifyInstance,
  settings: Pick<ServerSettings, 'host' | 'trustProxy'>,
  servers: Pick<Servers, 'isNamed'>,
): void {
  if (settings.trustProxy) return;
  const loopbackOnly = isLoopback(settings.host);
  const names = new Set([
    settings.host.toLowerCase(),
    'localhost',
    ...(loopbackOnly ? [] : [hostname().toLowerCase()]),
  ]);
  app.addHook('onRequest', async (request) => {
    const name = request.hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1');
    const isAddress = isIP(name) !== 0 && (!loopbackOnly || isLoopback(name));
    if (isAddress || names.has(name) || servers.isNamed(name)) return;
    throw new DtmError('forbidden', 'the Host header is not a name of this server', {
      hint: 'Use the address that the server printed when it started.',
    });
  });
}
