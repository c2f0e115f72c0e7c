import type { Value } from './python/value.ts';
import { PyFloat } from './python/value.ts';
import { Database } from './store/database.ts';
import { ConnectionFailure } from './store/failures.ts';
import { postgresql } from './store/postgresql.ts';
import { sqlite } from './store/sqlite.ts';

export type Mode = 'primary' | 'fallback' | 'none';

/** The state of one process of the back end: its two databases, which of them it uses, and its counters. */
export class App {
  readonly primary = new Database(postgresql);
  readonly fallback = new Database(sqlite);
  readonly environment = 'development';
  mode: Mode = 'primary';
  /** How many action lists this process has made; starts again with each process. */
  actionLists = 0;
  /** Times of the requests to /metrics, by peer, in milliseconds. */
  readonly metricsRequests = new Map<string, number[]>();

  /** The database that requests use; only a health check chooses another. */
  get database(): Database {
    return this.mode === 'fallback' ? this.fallback : this.primary;
  }

  /** Looks which databases answer, and uses the first that does from now on. */
  checkHealth(): { readonly primary: Value; readonly fallback: Value; readonly isConnected: boolean } {
    const primary = tierState(this.primary);
    const fallback = tierState(this.fallback);
    this.mode = primary.connected ? 'primary' : fallback.connected ? 'fallback' : 'none';
    return { primary, fallback, isConnected: primary.connected || fallback.connected };
  }

  /** A new process on the same databases. */
  restart(): void {
    this.actionLists = 0;
    this.metricsRequests.clear();
    this.checkHealth();
  }
}

type TierState = { readonly connected: boolean; readonly latency_ms: Value; readonly error: Value };

function tierState(database: Database): TierState {
  const start = performance.now();
  try {
    database.connect();
    const latency = Math.round((performance.now() - start) * 100 + 25) / 100;
    return { connected: true, latency_ms: new PyFloat(latency), error: null };
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error;
    return { connected: false, latency_ms: null, error: error.message };
  }
}
