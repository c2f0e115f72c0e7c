import { Pool } from 'undici';
import { timedConnector } from './connector.ts';

export interface PoolOptions {
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

const connections = 8;
const keepAliveMs = 30_000;

/** Kept connections to one origin. */
export function openPool({ origin, connectTimeoutMs, requestTimeoutMs }: PoolOptions): Pool {
  return new Pool(origin, {
    connections,
    connect: timedConnector(connectTimeoutMs),
    keepAliveTimeout: keepAliveMs,
    headersTimeout: requestTimeoutMs,
    bodyTimeout: requestTimeoutMs,
  });
}
