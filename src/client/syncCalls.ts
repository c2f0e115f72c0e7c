import { userBody } from '../api/auth.ts';
import { rootAnswer } from '../api/service.ts';
import { batchAnswer, batchLimit, changesAnswer } from '../api/sync.ts';
import { DtmError, isDtmError } from '../core/errors.ts';
import type { Operation } from '../core/operation.ts';
import type { BackendIdentity, PullPage, PushResult, WatchListener } from '../core/ports.ts';
import type { AuthorisedTransport } from './authorisedTransport.ts';
import { batchesOf } from './batches.ts';
import { followEvents } from './eventFeed.ts';
import type { HttpAnswer, HttpRequest } from './httpMessage.ts';
import { SettledNews } from './settledNews.ts';
import { changeFrom, identityOf, pushResults } from './syncAnswers.ts';
import type { Transport } from './transport.ts';

const apiVersion = 'v1';
const largestPage = 1_000;
/** A page or a batch may be large and the way slow: as long as something arrives it goes on. Milliseconds. */
const budgetMs = 120_000;

/** What the sync engine asks of a server: who are you, take these, what is new. */
export class SyncCalls {
  readonly #origin: string;
  readonly #transport: Transport;
  readonly #authorised: AuthorisedTransport;
  #identity: BackendIdentity | undefined;
  #account: string | undefined;
  #pageLimit = largestPage;

  constructor(origin: string, transport: Transport, authorised: AuthorisedTransport) {
    this.#origin = origin;
    this.#transport = transport;
    this.#authorised = authorised;
  }

  /** For whom the server took the requests, once it was asked. */
  get account(): string | undefined {
    return this.#account;
  }

  async identify(signal: AbortSignal): Promise<BackendIdentity> {
    await this.#checkFlavour(signal);
    const request = { method: 'GET', path: '/auth/me', answer: userBody, probe: true } as const;
    const { headers, value } = await this.#authorised.send(request, signal);
    this.#account = value.username;
    this.#identity = identityOf(this.#origin, headers);
    return this.#identity;
  }

  /** Operation ids make a batch whose answer was lost safe to repeat: at once here, later by the sync engine. */
  async push(operations: readonly Operation[], signal: AbortSignal): Promise<readonly PushResult[]> {
    const { batches, tooLarge } = batchesOf(operations);
    const results = tooLarge.map(rejectTooLarge);
    for (const batch of batches) {
      const answer = await this.#send(
        { method: 'POST', path: '/api/v1/batch', body: batch.body, answer: batchAnswer, repeatable: true, budgetMs },
        signal,
      );
      results.push(...pushResults(batch.operations, answer.value.results));
    }
    const byId = new Map(results.map((result) => [result.opId, result]));
    return operations.map((operation) => byId.get(operation.opId)).filter((result) => result !== undefined);
  }

  async pull(cursor: string | null, signal: AbortSignal, projects?: readonly string[]): Promise<PullPage> {
    for (;;) {
      try {
        return await this.#page(cursor, signal, projects);
      } catch (error) {
        if (!isAnswerTooLarge(error) || this.#pageLimit === 1) throw error;
        this.#pageLimit = Math.ceil(this.#pageLimit / 10);
      }
    }
  }

  async watch(known: () => string | null, listener: WatchListener, signal: AbortSignal): Promise<void> {
    const cursor = known();
    const after = cursor !== null && isPlace(cursor) ? cursor : undefined;
    const onOpen = (headers: ReadonlyMap<string, string>) => {
      this.#checkSameData(identityOf(this.#origin, headers));
      listener.onOpen();
    };
    const settled = new SettledNews((newest) => {
      const now = known();
      if (now === null || !isPlace(now) || newest > Number(now)) listener.onNews();
    });
    try {
      await followEvents(this.#authorised, after, { onOpen, onChange: (seq) => settled.add(Number(seq)) }, signal);
    } finally {
      settled.dispose();
    }
  }

  async #page(cursor: string | null, signal: AbortSignal, projects?: readonly string[]): Promise<PullPage> {
    const query = new URLSearchParams({ since: cursor ?? '0', limit: String(this.#pageLimit) });
    if (projects) query.set('project_id', projects.join(','));
    const request = { method: 'GET', path: `/api/v1/changes?${query}`, answer: changesAnswer, budgetMs } as const;
    const { value } = await this.#send(request, signal);
    return { changes: value.changes.map(changeFrom), next: value.next, hasMore: value.has_more };
  }

  async #send<T>(request: HttpRequest<T>, signal: AbortSignal): Promise<HttpAnswer<T>> {
    const answer = await this.#authorised.send(request, signal);
    this.#checkSameData(identityOf(this.#origin, answer.headers));
    return answer;
  }

  /** A server that was restored or replaced between two requests must not be taken for the one before. */
  #checkSameData(now: BackendIdentity): void {
    const was = this.#identity;
    this.#identity ??= now;
    if (!was || (was.serverId === now.serverId && was.datasetId === now.datasetId && was.epoch === now.epoch)) return;
    throw new DtmError('data-exchanged', `the data behind ${this.#origin} was exchanged`, {
      hint: 'Synchronise again: everything is read anew, and nothing of yours is lost.',
      retryable: true,
      details: { was, now },
    });
  }

  async #checkFlavour(signal: AbortSignal): Promise<void> {
    const answer = await this.#askRoot(signal);
    if (!answer.value.api.includes(apiVersion)) {
      throw notDtm(this.#origin, `it speaks ${answer.value.api.join(', ')}, not ${apiVersion}`);
    }
  }

  async #askRoot(signal: AbortSignal) {
    try {
      return await this.#transport.send({ method: 'GET', path: '/', answer: rootAnswer, probe: true }, signal);
    } catch (error) {
      // Damaged JSON may be an accident of the way; any other strange answer is another program's.
      if (isDtmError(error, 'bad-answer') && !error.retryable) throw notDtm(this.#origin, error.message, error);
      throw isDtmError(error, 'not-found') ? notDtm(this.#origin, error.message, error) : error;
    }
  }
}

/** A cursor at the end of the feed is the number of its last change; one within the first snapshot is not. */
function isPlace(cursor: string): boolean {
  return /^\d+$/.test(cursor);
}

function isAnswerTooLarge(error: unknown): boolean {
  return isDtmError(error, 'too-large') && error.details.answer === true;
}

function rejectTooLarge(operation: Operation): PushResult {
  const message = `one change that belongs together is more than a server takes at once (${batchLimit} steps, 8 MiB)`;
  const hint = 'Drop it and make the change in smaller parts.';
  return { opId: operation.opId, outcome: 'rejected', problem: { code: 'too-large', message, hint } };
}

function notDtm(origin: string, why: string, cause?: unknown): DtmError {
  return new DtmError('incompatible', `${origin} is no DTM server that this version can use: ${why}`, {
    hint: 'Check the address, and which program listens there.',
    cause,
  });
}
