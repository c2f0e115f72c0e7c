import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { docsPage, docsStyle } from '../../api/docsPage.ts';
import { openApiDocument } from '../../api/openapi.ts';
import type { ServerContext } from '../context.ts';

const open = { config: { access: 'public' } } as const;

/** `/openapi.json`, and the same as a page that asks for nothing else and runs no script. */
export function documentRoutes(app: FastifyInstance, { version }: ServerContext): void {
  const made = openApiDocument(version);
  const json = JSON.stringify(made);
  const page = docsPage(version);
  const hash = createHash('sha256').update(docsStyle).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'`;
  app.get('/openapi.json', open, async (_request, reply) => reply.type('application/json; charset=utf-8').send(json));
  app.get('/docs', open, async (_request, reply) => {
    return reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page);
  });
}
