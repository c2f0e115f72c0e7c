import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../paths.ts';
import type { Answer } from '../http/answer.ts';
import type { Route } from '../http/call.ts';

/** FastAPI's own pages, in front of every other route; the only ones that answer HEAD. */
export function documentationRoutes(): Route[] {
  return [
    { method: 'GET', path: '/openapi.json', takesHead: true, handle: openapi },
    { method: 'GET', path: '/docs', takesHead: true, handle: () => page('Swagger UI') },
    { method: 'GET', path: '/docs/oauth2-redirect', takesHead: true, handle: () => page('OAuth2 redirect') },
    { method: 'GET', path: '/redoc', takesHead: true, handle: () => page('ReDoc') },
  ];
}

/** The back end's document without its texts and examples. */
function openapi(): Answer {
  const file = join(repositoryRoot, 'test/fixtures/taskman-v2/openapi.json');
  return { status: 200, text: readFileSync(file, 'utf8').trim(), contentType: 'application/json' };
}

function page(name: string): Answer {
  const title = `TaskMan-v2 Backend API - ${name}`;
  return { status: 200, text: `<!DOCTYPE html><title>${title}</title>\n`, contentType: 'text/html; charset=utf-8' };
}
