import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { monotonicFactory } from 'ulid';
import * as z from 'zod';
import { bootstrapMessage, runtimeFile, type TokensAnswer, tokensAnswer } from '../../src/api/auth.ts';
import { batchAnswer } from '../../src/api/sync.ts';
import { type Author, createOperation } from '../../src/core/expand.ts';
import { operationToWire } from '../../src/core/operationWire.ts';
import type { DtmServer } from '../support/dtmServer.ts';

const newId = monotonicFactory();
export const author: Author = { account: 'admin', surface: 'cli', now: () => new Date().toISOString(), newId };

/** What the operations of one cell are about: nobody else touches it. */
export interface Subject {
  /** Of a task that is there. */
  readonly id: string;
  readonly projectId: string;
  readonly username: string;
  readonly password: string;
  /** A place in the feed behind which there is something. */
  readonly cursor: string;
}

const task = z.looseObject({ title: z.string(), version: z.number() });

/** What the server itself knows, asked without any fault in between, over connections that are not kept. */
export class Truth {
  readonly #server: DtmServer;
  readonly #secret: string;
  #token: string | undefined;

  private constructor(server: DtmServer, secret: string) {
    this.#server = server;
    this.#secret = secret;
  }

  static async of(server: DtmServer): Promise<Truth> {
    const { secret } = runtimeFile.parse(JSON.parse(await readFile(server.runtimeFile, 'utf8')));
    const truth = new Truth(server, secret);
    truth.#token = (await truth.newSession()).access_token;
    const made = await truth.#ask('POST', '/auth/tokens', { name: 'table', scope: 'admin' });
    truth.#token = z.object({ token: z.string() }).parse(made.body).token;
    return truth;
  }

  /** A session of its own, without what a password costs. */
  async newSession(): Promise<TokensAnswer> {
    const clientNonce = randomBytes(32).toString('base64url');
    const begun = await this.#ask('POST', '/auth/bootstrap', { client_nonce: clientNonce });
    const serverNonce = z.object({ server_nonce: z.string() }).parse(begun.body).server_nonce;
    const message = bootstrapMessage('client', this.#server.origin, clientNonce, serverNonce);
    const proof = createHmac('sha256', this.#secret).update(message).digest('base64url');
    const rest = { client_nonce: clientNonce, server_nonce: serverNonce, client_proof: proof };
    return tokensAnswer.parse((await this.#ask('POST', '/auth/bootstrap', rest)).body);
  }

  /** Makes a task for each id, in one project. */
  async prepare(ids: readonly string[]): Promise<(id: string) => Subject> {
    const made = await this.#ask('POST', '/api/v1/projects', { name: 'Table' });
    const { id: projectId } = z.looseObject({ id: z.string() }).parse(made.body);
    const operations = ids.map((id) =>
      operationToWire(createOperation(author, 'task', id, { projectId, title: `task ${id}` })),
    );
    for (let at = 0; at < operations.length; at += 500) {
      const answer = await this.#ask('POST', '/api/v1/batch', { operations: operations.slice(at, at + 500) });
      const failed = batchAnswer.parse(answer.body).results.find((result) => result.outcome !== 'applied');
      if (failed) throw new Error(JSON.stringify(failed));
    }
    const { username, password } = this.#server;
    return (id) => ({ id, projectId, username, password, cursor: '1' });
  }

  /** How often the task was changed since it was made; undefined: it is gone. */
  async changesOf(id: string): Promise<number | undefined> {
    const { status, body } = await this.#ask('GET', `/api/v1/tasks/${id}`);
    return status === 404 ? undefined : task.parse(body).version - 1;
  }

  /** How many tasks carry this title. */
  async countByTitle(title: string): Promise<number> {
    const { body } = await this.#ask('GET', `/api/v1/tasks?limit=1000&q=${encodeURIComponent(title)}`);
    const { items } = z.object({ items: z.array(task) }).parse(body);
    return items.filter((item) => item.title === title).length;
  }

  async #ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const headers = {
      'content-type': 'application/json',
      ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
    };
    const asked = request(this.#server.origin + path, { method, headers, agent: false });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
    return new Promise((resolve, reject) => {
      asked.on('error', reject).on('response', (answer) => {
        json(answer).then((parsed) => resolve({ status: answer.statusCode ?? 0, body: parsed }), reject);
      });
    });
  }
}
