import helmet from '@fastify/helmet';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { enforceAccess } from './access.ts';
import { addCommonHeaders, answerErrors } from './answers.ts';
import type { ServerContext } from './context.ts';
import { checkHost } from './hostCheck.ts';
import { replayAnswers } from './idempotency/idempotencyKeys.ts';
import { joinStore } from './idempotency/joinedStore.ts';
import { parseJsonBody } from './jsonBody.ts';
import { addLimits } from './limits.ts';
import { loggerOptions } from './logging.ts';
import { rawErrors } from './rawErrors.ts';
import { listRoutes } from './routeList.ts';
import { actionRoutes } from './routes/actionRoutes.ts';
import { auditRoutes } from './routes/auditRoutes.ts';
import { authRoutes } from './routes/authRoutes.ts';
import { batchRoutes } from './routes/batchRoutes.ts';
import { changesRoutes } from './routes/changesRoutes.ts';
import { documentRoutes } from './routes/documentRoutes.ts';
import { entityRoutes } from './routes/entityRoutes.ts';
import { eventsRoutes } from './routes/eventsRoutes.ts';
import { metricsRoutes } from './routes/metricsRoutes.ts';
import { reportRoutes } from './routes/reportRoutes.ts';
import { serviceRoutes } from './routes/serviceRoutes.ts';
import { tokenRoutes } from './routes/tokenRoutes.ts';
import { userRoutes } from './routes/userRoutes.ts';
import { Servers } from './tls/secureServers.ts';
import { refuseUnknownRoutes } from './unknownRoutes.ts';

const bodyLimitBytes = 8 * 1024 * 1024;
const httpOptions = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 72_000,
  connectionsCheckingInterval: 5_000,
};

const securityHeaders = {
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
};
/** Other names below ours may have no TLS. */
const onlyTls = { maxAge: 365 * 24 * 60 * 60, includeSubDomains: false };

/** Puts the server together without listening, so that it can also run inside a test. */
export async function buildApp(context: ServerContext, servers = new Servers(undefined)): Promise<FastifyInstance> {
  const app = createFastify(context, servers);
  readJsonOnly(app);
  answerErrors(app);
  addCommonHeaders(app, context);
  await addLimits(app, context.settings);
  listRoutes(app);
  // Where a proxy does TLS, HSTS is its business, too.
  const strictTransportSecurity = context.settings.tls === undefined ? false : onlyTls;
  await app.register(helmet, { ...securityHeaders, strictTransportSecurity });
  leaveLocalhostAlone(app);
  checkHost(app, context.settings, servers);
  refuseUnknownRoutes(app);
  enforceAccess(app, context);
  const joined = joinStore(context.store);
  replayAnswers(app, context, joined);
  addRoutes(app, { ...context, store: joined.store });
  return app;
}

/** HSTS is kept per name, whatever the port: for `localhost` it would cut off every other program of this machine. */
function leaveLocalhostAlone(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.hostname === 'localhost') reply.removeHeader('strict-transport-security');
  });
}

/** New routes go here. Those that write return their answer and never send it (`idempotency/`). */
function addRoutes(app: FastifyInstance, context: ServerContext): void {
  metricsRoutes(app, context);
  serviceRoutes(app, context);
  documentRoutes(app, context);
  authRoutes(app, context);
  tokenRoutes(app, context);
  userRoutes(app, context);
  entityRoutes(app, context);
  actionRoutes(app, context);
  batchRoutes(app, context);
  changesRoutes(app, context);
  eventsRoutes(app, context);
  auditRoutes(app, context);
  reportRoutes(app, context);
}

function createFastify(context: ServerContext, servers: Servers): FastifyInstance {
  const { settings, ids } = context;
  return Fastify({
    serverFactory: (listener) => servers.create(httpOptions, listener),
    bodyLimit: bodyLimitBytes,
    // The proxy in front is the one hop that is believed: what it added to X-Forwarded-For itself.
    trustProxy: settings.trustProxy ? (_address, hop) => hop === 0 : false,
    forceCloseConnections: 'idle',
    // While it drains it still serves what has arrived; only connections are no longer taken.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    logger: loggerOptions(settings.logLevel),
    logController: new LogController({ disableRequestLogging: true }),
    ...rawErrors(context),
    genReqId: (request) => saneRequestId(request.headers['x-request-id']) ?? ids.ulid(),
  });
}

function saneRequestId(given: string | string[] | undefined): string | undefined {
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : undefined;
}

/** A merge patch (RFC 7396) may say what it is. */
const jsonMediaTypes = ['application/json', 'application/merge-patch+json'] as const;

function readJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...jsonMediaTypes], { parseAs: 'string' }, async (_request: unknown, body: string) => {
    return parseJsonBody(body);
  });
}
