import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';
import { openApiDocument } from '../../../src/api/openapi.ts';
import { apiRoutes } from '../../../src/api/routes.ts';
import { buildApp } from '../../../src/server/app.ts';
import { createContext } from '../../../src/server/server.ts';
import { readSettings } from '../../../src/server/settings.ts';
import { openSqliteStore } from '../../../src/server/store/sqliteStore.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';

interface Operation {
  readonly parameters: readonly { readonly in: string; readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly headers?: object }>>;
}

describe('the OpenAPI document', () => {
  const folder = useTemporaryFolder('openapi');

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(openApiDocument('1.2.3'));
    assert.ok(valid, JSON.stringify(errors));
  });

  it('tells of each route that writes, and of no other, that it takes an Idempotency-Key', () => {
    const { paths } = openApiDocument('1.2.3') as { paths: Record<string, Record<string, Operation>> };
    for (const { method, path, access, status, isShownOnce = false } of apiRoutes) {
      const { parameters, responses } = paths[path]?.[method] ?? { parameters: [], responses: {} };
      const isTaken = parameters.some(({ in: where, name }) => where === 'header' && name === 'Idempotency-Key');
      const isReplayed = Object.hasOwn(responses[status]?.headers ?? {}, 'Idempotency-Replayed');
      const isWrite = access !== 'public' && method !== 'get';
      assert.deepEqual([isTaken, isReplayed], [isWrite, isWrite && !isShownOnce], `${method} ${path}`);
    }
  });

  it('describes every route of the server, and no other', async () => {
    const env = { DTM_STATE_HOME: folder(), DTM_LOG_LEVEL: 'silent' };
    const settings = readSettings({ env, platform: process.platform, home: folder() });
    const store = await openSqliteStore(settings.dataDir);
    const app = await buildApp(await createContext(settings, store, () => 'http://127.0.0.1'));
    const described = apiRoutes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    assert.deepEqual([...app.routeList].sort(), described.sort(), 'what differs belongs into src/api/routes.ts');
    await app.close();
    await store.close();
  });
});
