export type Direction = 'toServer' | 'toClient';

export type FaultProxyCounters = {
  /** Connections that were accepted, also those that a fault then ended. */
  connections: number;
  /** What came through, in bytes. */
  toServer: number;
  toClient: number;
};

/** What the proxy does to the traffic. */
export type Fault =
  | { readonly kind: 'pass' }
  /** Nobody listens: connecting fails at once, open connections end. */
  | { readonly kind: 'refuse' }
  /** Each direction holds what comes for so many milliseconds, one chunk after the other. */
  | { readonly kind: 'delay'; readonly toServerMs: number; readonly toClientMs: number }
  /** Each direction of each connection carries at most so many bytes a second. */
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** The connection ends once so many bytes went in that direction, counted from now; those bytes do arrive. */
  | { readonly kind: 'cut'; readonly afterBytes: number; readonly direction: Direction }
  /** Open and new connections are reset. */
  | { readonly kind: 'reset' }
  /** Connections are accepted and stay open, and nothing ever comes through. */
  | { readonly kind: 'blackHole' };

export const faults = {
  pass: { kind: 'pass' },
  refuse: { kind: 'refuse' },
  reset: { kind: 'reset' },
  blackHole: { kind: 'blackHole' },
  delay: (toServerMs: number, toClientMs = toServerMs): Fault => ({ kind: 'delay', toServerMs, toClientMs }),
  throttle: (bytesPerSecond: number): Fault => ({ kind: 'throttle', bytesPerSecond }),
  cut: (afterBytes: number, direction: Direction = 'toClient'): Fault => ({
    kind: 'cut',
    afterBytes,
    direction,
  }),
} as const;
