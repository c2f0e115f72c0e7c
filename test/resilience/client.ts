import { AccountTokens } from '../../src/client/accountTokens.ts';
import { AuthorisedTransport } from '../../src/client/authorisedTransport.ts';
import type { Reachability } from '../../src/client/circuit.ts';
import { Session } from '../../src/client/session.ts';
import { SyncCalls } from '../../src/client/syncCalls.ts';
import { Transport } from '../../src/client/transport.ts';
import type { NetworkSettings } from '../../src/core/networkSettings.ts';
import { MemoryLogger, MemoryTokens } from '../support/ports.ts';

/** The parts of a client as the product puts them together, with short limits. */
export interface Client {
  readonly origin: string;
  readonly tokens: MemoryTokens;
  readonly transport: Transport;
  readonly session: Session;
  readonly authorised: AuthorisedTransport;
  readonly sync: SyncCalls;
  readonly reachability: () => Reachability;
}

export interface ClientOptions {
  readonly origin: string;
  readonly network: NetworkSettings;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

const answerLimitBytes = 1_000_000;

export function makeClient({ origin, ...limits }: ClientOptions): Client {
  const clock = { now: () => new Date().toISOString(), monotonic: () => performance.now() };
  const logger = new MemoryLogger();
  const tokens = new MemoryTokens();
  // Without jitter it is known which pauses fit into the budget.
  const transport = new Transport({ origin, clock, logger, answerLimitBytes, random: () => 0, ...limits });
  let reachability: Reachability = 'closed';
  transport.onDidChangeReachability((state) => {
    reachability = state;
  });
  const kept = new AccountTokens(tokens, origin);
  const session = new Session({ origin, transport, tokens: kept, clock, logger });
  const authorised = new AuthorisedTransport(origin, transport, session, undefined);
  const sync = new SyncCalls(origin, transport, authorised);
  return { origin, tokens, transport, session, authorised, sync, reachability: () => reachability };
}
