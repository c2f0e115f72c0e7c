import type { ConnectionOptions } from 'node:tls';
import { type buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { DtmError } from '../core/errors.ts';
import type { NetworkSettings } from '../core/networkSettings.ts';
import { timedConnector } from './connector.ts';
import { isLoopback } from './origin.ts';
import { secureContextOf } from './secureContext.ts';

export interface DispatcherOptions {
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly network: NetworkSettings;
}

/** Kept while idle unless the server says less; longer than people pause between two actions. */
const keepAliveTimeout = 30_000;

/**
 * Kept connections to one origin, through a proxy where there is one.
 * @throws DtmError `configuration` if a certificate or the proxy's address cannot be used
 */
export async function openDispatcher({ origin, connectTimeoutMs, network }: DispatcherOptions): Promise<Dispatcher> {
  const secureContext = await secureContextOf(network);
  const requestTls: ConnectionOptions = secureContext ? { secureContext } : {};
  const connect = timedConnector(connectTimeoutMs, requestTls);
  if (!needsProxy(origin, network)) return new Pool(origin, { connect, keepAliveTimeout });
  return openProxied(network, connectTimeoutMs, requestTls, connect);
}

/** Whether there is a proxy at all; which hosts go around it is the library's to say. */
function needsProxy(origin: string, { httpProxy, httpsProxy, noProxy = '' }: NetworkSettings): boolean {
  if (httpProxy === undefined && (httpsProxy === undefined || !origin.startsWith('https:'))) return false;
  return !isLoopback(origin) || noProxy.split(/[,\s]+/).includes('<-loopback>');
}

function openProxied(
  network: NetworkSettings,
  connectTimeoutMs: number,
  requestTls: ConnectionOptions,
  connect: buildConnector.connector,
): Dispatcher {
  const { httpProxy = '', httpsProxy = '', noProxy = '', proxyStrictSsl = true } = network;
  const toProxy = {
    connect: timedConnector(connectTimeoutMs, { ...requestTls, rejectUnauthorized: proxyStrictSsl }),
    keepAliveTimeout,
  };
  const proxies = new Set([httpProxy, httpsProxy].filter((url) => URL.canParse(url)).map((url) => new URL(url).href));
  try {
    return new EnvHttpProxyAgent({
      // Empty, not undefined: the library would look into the environment by itself.
      httpProxy,
      httpsProxy,
      noProxy,
      connect,
      keepAliveTimeout,
      requestTls: requestTls as buildConnector.BuildOptions,
      // Many proxies tunnel to port 443 only: what is not encrypted anyway is sent in the proxy's own way.
      proxyTunnel: false,
      factory: (to, options) => new Pool(to, proxies.has(new URL(to).href) ? toProxy : options),
      // A proxy that does not open the tunnel in time is a server that is not there.
      clientFactory: (url) => new Pool(url, { ...toProxy, headersTimeout: connectTimeoutMs }),
    });
  } catch (cause) {
    throw new DtmError('configuration', 'the address of the proxy cannot be used', {
      hint: 'Check the setting http.proxy, or HTTP_PROXY and HTTPS_PROXY: write it like http://proxy.example:3128.',
      cause,
    });
  }
}
