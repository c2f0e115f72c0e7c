import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { collections } from '../../api/entities.ts';
import type { Entity } from '../../core/entity.ts';
import { type EntityKind, entityKinds } from '../../core/ids.ts';
import { entityToWire } from '../../core/wire.ts';
import type { ServerContext } from '../context.ts';
import { etagOf } from '../etag.ts';
import { moveSprintTasks } from '../write/sprintTasks.ts';
import { completeSprint, reopenTask, transition, walkTo } from '../write/transitions.ts';
import { type ById, sendEntity, writeRequest, writing } from './entityRequests.ts';

type Action = (context: ServerContext, request: ReturnType<typeof writeRequest>) => Promise<Entity>;

/** Steps of the lifecycle by name, and what belongs to a sprint. */
export function actionRoutes(app: FastifyInstance, context: ServerContext): void {
  const action = (kind: EntityKind, name: string, run: Action): void => {
    app.post<ById>(`/api/v1/${collections[kind]}/:id/${name}`, writing, async (request, reply) => {
      return sendEntity(reply, kind, await run(context, writeRequest(kind, request.params.id, request)));
    });
  };
  for (const kind of entityKinds) action(kind, 'transition', transition);
  action('task', 'complete', (needs, request) => walkTo(needs, request, 'done'));
  action('task', 'reopen', reopenTask);
  action('sprint', 'start', (needs, request) => walkTo(needs, request, 'active'));
  action('sprint', 'cancel', (needs, request) => walkTo(needs, request, 'cancelled'));
  app.post<ById>('/api/v1/sprints/:id/complete', writing, async (request, reply) => {
    return sendCompleted(context, request, reply);
  });
  app.post<ById>('/api/v1/sprints/:id/tasks', writing, async (request) => {
    return moveSprintTasks(context, writeRequest('sprint', request.params.id, request));
  });
}

async function sendCompleted(context: ServerContext, request: FastifyRequest<ById>, reply: FastifyReply) {
  const { sprint, carriedOver } = await completeSprint(context, writeRequest('sprint', request.params.id, request));
  reply.header('etag', etagOf(sprint));
  return { ...entityToWire('sprint', sprint), carried_over: carriedOver };
}
