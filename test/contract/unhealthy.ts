import assert from 'node:assert/strict';
import { apiRoutes } from '../../src/api/routes.ts';
import { healthAnswer } from '../../src/api/service.ts';
import type { Api } from './api.ts';

/** By every name that the route has, with the body that a healthy server gives, too; that the process lives is apart. */
export async function assertUnhealthyEverywhere(api: Api): Promise<void> {
  for (const { path } of apiRoutes.filter(({ answer }) => answer === 'Health')) {
    const { status, headers, body } = await api.get(path);
    assert.deepEqual([path, status, healthAnswer.parse(body).status], [path, 503, 'unhealthy']);
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
  }
  assert.equal((await api.get('/health/live')).status, 200);
}
