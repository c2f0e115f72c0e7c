import { type DtmError, isDtmError } from '../../src/core/errors.ts';
import { connectionAfter } from '../../src/workspace/connectionState.ts';
import type { Certificate } from '../support/certificates.ts';
import { freePort } from '../support/freePort.ts';
import { type Client, makeClient } from './client.ts';
import { FaultGateway } from './faultGateway.ts';
import { type OperationName, operations } from './operations.ts';
import type { Row } from './rows.ts';
import type { Subject, Truth } from './subject.ts';

/** A host name that no resolver can ask for (a label has at most 63 octets, RFC 1035), so none can be slow to say so. */
const unresolvable = `${'x'.repeat(64)}.invalid`;

export interface Surroundings {
  readonly truth: Truth;
  /** Where the real server answers. */
  readonly server: string;
  readonly blackHole: string;
  /** A certificate that the client does not trust. */
  readonly untrusted: Certificate;
  /** One that it trusts, where the whole table goes over TLS. */
  readonly trusted?: { readonly certificate: Certificate; readonly caFile: string };
}

/** What was seen in one cell. */
export interface Seen {
  readonly outcome: string;
  readonly attempts: number;
  readonly effects: number;
  readonly opens: boolean;
  readonly signedIn: boolean;
  /** The state of the connection that the sync would show. */
  readonly state: string;
  /** What must never be, in words; empty. */
  readonly wrong: readonly string[];
}

const cancelledAfterMs = 20;
const usualBudgetMs = 20_000;
let serial = 0;

/** Does an operation under a fault, and looks at everything that it may have touched. */
export async function runCell(around: Surroundings, row: Row, name: OperationName, subject: Subject): Promise<Seen> {
  const place = await openPlace(around, row);
  const { client, gateway } = place;
  const wrong: string[] = [];
  try {
    await signIn(client, around.truth, name);
    const { paths } = operations[name];
    if (gateway && row.fault) gateway.fault = { paths, apply: row.fault() };
    const error = await failureOf(operations[name].run(client, subject));
    const attempts = gateway?.count(paths) ?? 0;
    const effects = await effectsOf(around.truth, name, subject);
    const opens = await opensAfterwards(client, gateway, row);
    if (gateway) gateway.fault = undefined;
    const signedIn = await isSignedIn(client, gateway !== undefined && row.nowhere === undefined, wrong);
    return {
      outcome: error?.code ?? 'ok',
      attempts,
      effects,
      opens,
      signedIn,
      state: error ? connectionAfter(error) : 'online',
      wrong,
    };
  } finally {
    await place.close(wrong);
  }
}

/** The same operation, given up while it is under way: nothing may be sent after that. @returns what is wrong */
export async function runCancelled(
  around: Surroundings,
  row: Row,
  name: OperationName,
  subject: Subject,
): Promise<readonly string[]> {
  const place = await openPlace(around, row);
  const { client, gateway } = place;
  const wrong: string[] = [];
  try {
    await signIn(client, around.truth, name);
    const { paths } = operations[name];
    const controller = new AbortController();
    if (gateway && row.fault) gateway.fault = { paths, apply: row.fault() };
    if (gateway) gateway.onRequest = () => controller.abort();
    else setTimeout(() => controller.abort(), cancelledAfterMs);
    const error = await failureOf(operations[name].run(client, subject, controller.signal));
    const isLate = !controller.signal.aborted || error === undefined;
    if (!isLate && error?.code !== 'cancelled' && row.nowhere === undefined) wrong.push(`cancelled as ${error?.code}`);
    const sent = gateway?.count(paths) ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 60));
    // A renewal is everybody's: it goes on although one of those who wait for it gave up.
    if (name !== 'refresh' && (gateway?.count(paths) ?? 0) > sent) wrong.push('sent after it was cancelled');
    return wrong;
  } finally {
    await place.close(wrong);
  }
}

interface Place {
  readonly client: Client;
  /** Absent where nothing can arrive. */
  readonly gateway: FaultGateway | undefined;
  close(wrong: string[]): Promise<void>;
}

async function openPlace(around: Surroundings, row: Row): Promise<Place> {
  const { origin, gateway } = await whereTo(around, row);
  const { caFile } = around.trusted ?? {};
  const client = makeClient({
    origin,
    network: caFile === undefined ? {} : { caFile },
    // Each cell has a way of its own, also where the address is the same.
    connectTimeoutMs: (row.nowhere === 'blackHole' ? 200 : 5_000) + ++serial / 10_000,
    requestTimeoutMs: row.budgetMs ?? usualBudgetMs,
  });
  return {
    client,
    gateway,
    close: async (wrong) => {
      await client.transport.close();
      if (gateway && !(await gateway.isDeserted(2_000))) wrong.push('a socket is left');
      await gateway?.stop();
    },
  };
}

async function whereTo(around: Surroundings, { nowhere }: Row): Promise<{ origin: string; gateway?: FaultGateway }> {
  const scheme = around.trusted ? 'https' : 'http';
  if (nowhere === 'refused') return { origin: `${scheme}://127.0.0.1:${await freePort()}` };
  if (nowhere === 'dns') return { origin: `${scheme}://${unresolvable}:8000` };
  if (nowhere === 'blackHole') return { origin: around.blackHole.replace(/^http/, scheme) };
  const certificate = nowhere === 'tls' ? around.untrusted : around.trusted?.certificate;
  const gateway = await FaultGateway.start(around.server, certificate);
  return { origin: gateway.origin, gateway };
}

/** Puts a session of its own into the client's store; a renewal needs one whose access token is gone. */
async function signIn({ tokens, origin }: Client, truth: Truth, name: OperationName): Promise<void> {
  if (name === 'login') return;
  const { access_token: token, refresh_token: refreshToken, expires_in: lifeS } = await truth.newSession();
  await tokens.set(`${origin}|admin`, refreshToken);
  await tokens.set(`${origin}|last-account`, 'admin');
  const access = { token, renew_at: Date.now() + lifeS * 900, life_ms: lifeS * 1_000 };
  if (name !== 'refresh') await tokens.set(`access|${origin}|admin`, JSON.stringify(access));
}

async function failureOf(work: Promise<unknown>): Promise<DtmError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (isDtmError(error)) return error;
    throw error;
  }
}

/** How often the operation took effect on the server. */
async function effectsOf(truth: Truth, name: OperationName, { id }: Subject): Promise<number> {
  if (name === 'create' || name === 'batch') return truth.countByTitle(`made by ${id}`);
  if (name === 'update') return (await truth.changesOf(id)) ?? -1;
  if (name === 'delete') return (await truth.changesOf(id)) === undefined ? 1 : 0;
  return 0;
}

/** Two more failures of the same kind make three. */
async function opensAfterwards({ transport, reachability }: Client, gateway: FaultGateway | undefined, row: Row) {
  if (gateway?.fault) gateway.fault = { ...gateway.fault, paths: /^\/api\/v1\/tasks\/T-other/ };
  for (let i = 0; i < 2 && reachability() === 'closed'; i++) {
    await failureOf(
      transport.send({ method: 'GET', path: '/api/v1/tasks/T-other', budgetMs: row.budgetMs ?? usualBudgetMs }),
    );
  }
  return reachability() !== 'closed';
}

async function isSignedIn({ tokens, origin, authorised }: Client, canAsk: boolean, wrong: string[]): Promise<boolean> {
  const isKept = tokens.values.has(`${origin}|admin`);
  if (!canAsk) return isKept;
  const error = await failureOf(authorised.send({ method: 'GET', path: '/auth/me', probe: true }));
  if ((error === undefined) !== isKept) wrong.push(`signed in: ${error?.code ?? 'yes'}, kept: ${isKept}`);
  return isKept;
}
