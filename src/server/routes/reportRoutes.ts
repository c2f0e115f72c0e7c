import type { FastifyInstance } from 'fastify';
import type { EntityByKind } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import type { ServerContext } from '../context.ts';
import { burndownBody, progressBody, summaryBody } from '../reports/bodies.ts';
import { burndownOf, velocityOf } from '../reports/burndownOf.ts';
import type { Transaction } from '../store/store.ts';
import { notFound } from '../write/refusals.ts';
import { type ById, reading } from './entityRequests.ts';

/** How sprints and projects stand. */
export function reportRoutes(app: FastifyInstance, context: ServerContext): void {
  const report = <K extends EntityKind>(
    path: string,
    kind: K,
    make: (tx: Transaction, entity: EntityByKind[K], now: string) => Promise<object>,
  ): void => {
    app.get<ById>(path, reading, async (request) => {
      const { id } = request.params;
      return context.store.read(async (tx) => {
        const entity = await tx.entities.find(kind, id);
        if (!entity) throw notFound(kind, id);
        return make(tx, entity, context.now());
      });
    });
  };
  report('/api/v1/sprints/:id/progress', 'sprint', async (tx, sprint, now) => {
    return progressBody(sprint, await tx.countTasks('sprint_id', sprint.id, now), now);
  });
  report('/api/v1/sprints/:id/burndown', 'sprint', async (tx, sprint, now) => {
    return burndownBody(sprint, await burndownOf(tx, sprint, now));
  });
  report('/api/v1/projects/:id/summary', 'project', async (tx, project, now) => {
    const sprints = await tx.entities.sprintsOf(project.id);
    const counts = await tx.countTasks('project_id', project.id, now);
    return summaryBody(project, sprints, counts, await velocityOf(tx, sprints, now));
  });
}
