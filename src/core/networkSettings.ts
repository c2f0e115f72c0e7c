/** How to get from this machine to a server. Set by the person (environment, editor settings), never by a workspace. */
export interface NetworkSettings {
  /** The proxy for `http:` servers, and for `https:` ones that have none of their own: a URL, with credentials if need be. */
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  /**
   * Hosts that are reached without the proxy, separated by commas, as in `NO_PROXY`. This machine always is one of
   * them, unless `<-loopback>` stands in the list.
   */
  readonly noProxy?: string;
  /** Whether the certificate of an `https:` proxy is checked. Default true; the server's own always is. */
  readonly proxyStrictSsl?: boolean;
  /** A PEM file with certificate authorities to trust besides those of the system. */
  readonly caFile?: string;
  /** PEM files with the certificate and key by which this machine proves to a server who it is. */
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** What the environment says: the usual proxy variables, and `DTM_CA_FILE`, `DTM_CLIENT_CERT`, `DTM_CLIENT_KEY`. */
export function networkFromEnvironment(env: Readonly<Record<string, string | undefined>>): NetworkSettings {
  return withoutEmpty({
    httpProxy: env.http_proxy || env.HTTP_PROXY,
    httpsProxy: env.https_proxy || env.HTTPS_PROXY,
    noProxy: env.no_proxy || env.NO_PROXY,
    caFile: env.DTM_CA_FILE,
    certFile: env.DTM_CLIENT_CERT,
    keyFile: env.DTM_CLIENT_KEY,
  });
}

/** Leaves out what is undefined or empty: an empty setting is none. */
export function withoutEmpty(settings: Readonly<Partial<Record<keyof NetworkSettings, unknown>>>): NetworkSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== ''));
}
