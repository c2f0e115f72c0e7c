import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { eventsQuery, lastEventId } from '../../api/sync.ts';
import { parseWith } from '../../core/wire.ts';
import type { ServerContext } from '../context.ts';
import { changeBodyOf } from '../feed/changeBody.ts';
import { cursorExpired } from '../feed/cursor.ts';
import { type EventPage, eventStream } from '../feed/eventStream.ts';
import { subscription } from '../feed/subscription.ts';
import type { Scope } from '../store/feedTable.ts';

const heartbeatMs = 15_000;
const stallMs = 10_000;
const pageSize = 50;

/** `GET /api/v1/events`: the changes feed as server-sent events, from `Last-Event-ID` or from now on. */
export function eventsRoutes(app: FastifyInstance, context: ServerContext): void {
  const stopping = new AbortController();
  app.addHook('preClose', async () => stopping.abort());
  const options = { config: { access: 'viewer' }, exposeHeadRoute: false } as const;
  app.get('/api/v1/events', options, async (request, reply) => {
    const { project_id: scope = null } = parseWith(eventsQuery, request.query, 'the query is not valid');
    const after = await startOf(context, request);
    const signal = subscription(context, request, stopping.signal);
    context.metrics.subscribers.inc();
    signal.addEventListener('abort', () => context.metrics.subscribers.dec(), { once: true });
    const read = (from: number) => readPage(context, from, scope);
    const cutOff = () => {
      request.log.warn({ url: '/api/v1/events' }, 'a subscriber that does not read was cut off');
      reply.raw.destroy();
    };
    const { commits } = context;
    return send(reply, eventStream({ after, read, commits, signal, heartbeatMs, stallMs, cutOff }));
  });
}

/** One answer per connection: a stream that ends takes its connection along, and never delays a stop. */
function send(reply: FastifyReply, events: AsyncGenerator<string>): FastifyReply {
  reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no', connection: 'close' });
  return reply.send(Readable.from(events, { highWaterMark: 1 }));
}

/** @throws DtmError `validation`, `cursor-expired` */
async function startOf({ store }: ServerContext, request: FastifyRequest): Promise<number> {
  const given = request.headers['last-event-id'];
  return store.read(async (tx) => {
    const head = await tx.feed.head();
    if (given === undefined || given === '') return head;
    const seq = Number(parseWith(lastEventId, given, 'Last-Event-ID is not valid', ['last-event-id']));
    if (await tx.feed.isForgotten(seq, head)) throw cursorExpired();
    return seq;
  });
}

async function readPage({ store }: ServerContext, after: number, scope: Scope): Promise<EventPage> {
  return store.read(async (tx) => {
    // What was forgotten meanwhile would be skipped silently.
    if (after < (await tx.feed.floor())) throw cursorExpired();
    const head = await tx.feed.head();
    const found = await tx.feed.after(after, pageSize, scope);
    const hasMore = found.length === pageSize;
    const next = hasMore ? (found.at(-1)?.seq ?? after) : Math.max(head, after);
    return { changes: found.map((change) => changeBodyOf(change, scope)), next, hasMore };
  });
}
