import * as z from 'zod';
import { createOperation } from '../../src/core/expand.ts';
import type { Client } from './client.ts';
import { author, type Subject } from './subject.ts';

/** What a client does in a cell of the table. */
export const operationNames = [
  'get',
  'list',
  'create',
  'update',
  'delete',
  'batch',
  'login',
  'refresh',
  'events',
] as const;
export type OperationName = (typeof operationNames)[number];

export interface TableOperation {
  /** The requests that the fault is meant for. */
  readonly paths: RegExp;
  run(client: Client, subject: Subject, signal?: AbortSignal): Promise<unknown>;
}

const anything = z.looseObject({});
const tasks = '/api/v1/tasks';

export const operations: Readonly<Record<OperationName, TableOperation>> = {
  get: {
    paths: /^\/api\/v1\/tasks\//,
    run: ({ authorised }, { id }, signal) =>
      authorised.send({ method: 'GET', path: `${tasks}/${id}`, answer: anything }, signal),
  },
  list: {
    paths: /^\/api\/v1\/tasks\?/,
    run: ({ authorised }, _, signal) =>
      authorised.send({ method: 'GET', path: `${tasks}?limit=5`, answer: anything }, signal),
  },
  create: {
    paths: /^\/api\/v1\/tasks$/,
    run: ({ authorised }, { id, projectId }, signal) => {
      const body = JSON.stringify({ project_id: projectId, title: `made by ${id}` });
      const headers = { 'idempotency-key': `key-of-${id}` };
      return authorised.send({ method: 'POST', path: tasks, body, headers, answer: anything }, signal);
    },
  },
  update: {
    paths: /^\/api\/v1\/tasks\//,
    run: ({ authorised }, { id }, signal) => {
      const body = JSON.stringify({ title: `changed by ${id}` });
      return authorised.send({ method: 'PATCH', path: `${tasks}/${id}`, body, answer: anything }, signal);
    },
  },
  delete: {
    paths: /^\/api\/v1\/tasks\//,
    run: ({ authorised }, { id }, signal) => authorised.send({ method: 'DELETE', path: `${tasks}/${id}` }, signal),
  },
  batch: {
    paths: /^\/api\/v1\/batch/,
    run: ({ sync }, { id, projectId }, signal = new AbortController().signal) =>
      sync.push([createOperation(author, 'task', `${id}-b`, { projectId, title: `made by ${id}` })], signal),
  },
  login: {
    paths: /^\/auth\/login/,
    run: ({ session }, { username, password }, signal) => session.login(username, password, signal),
  },
  refresh: {
    paths: /^\/auth\/refresh/,
    // The client of this column has a refresh token only.
    run: ({ authorised }, _, signal) => authorised.send({ method: 'GET', path: '/auth/me', answer: anything }, signal),
  },
  events: {
    paths: /^\/api\/v1\/events/,
    run: async ({ sync }, { cursor }, signal) => {
      const stop = new AbortController();
      const abort = () => stop.abort();
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
      let hasNews = false;
      const onNews = () => {
        hasNews = true;
        stop.abort();
      };
      await sync
        .watch(() => cursor, { onOpen: () => undefined, onNews }, stop.signal)
        .catch((error: unknown) => {
          if (!hasNews) throw error;
        });
    },
  },
};
