import type { Entity } from '../../../core/entity.ts';
import type { PushContext } from './pushContext.ts';
import { backlogIdOf } from './row.ts';

/** Makes the backlog sprint of a task that is in no sprint, unless it exists. */
export async function ensureBacklogOf(context: PushContext, entity: Entity): Promise<void> {
  if ('sprintId' in entity && entity.sprintId === null) await ensureBacklog(context, entity.projectId);
}

/** @throws DtmError `not-found` if the project does not exist */
async function ensureBacklog(context: PushContext, projectId: string): Promise<void> {
  const { api, signal } = context.options;
  const id = backlogIdOf(projectId);
  if (context.backlogs.has(id)) return;
  if ((await api.find('sprint', id, signal)).state === 'missing') {
    const body = { id, name: 'Backlog', primary_project: projectId, cadence: 'custom' };
    await api.create('sprint', body, signal).catch(async (error: unknown) => {
      // Somebody else may have made it at the same moment.
      const isThere = (await api.find('sprint', id, signal)).state !== 'missing';
      if (!isThere) throw error;
    });
  }
  context.backlogs.add(id);
}

/** Takes the backlog sprint of a deleted project away, unless tasks still stand in it. */
export async function removeBacklog(context: PushContext, projectId: string): Promise<void> {
  const { api, signal } = context.options;
  const id = backlogIdOf(projectId);
  context.backlogs.delete(id);
  if ((await api.countTasks(id, signal)) === 0) await api.remove('sprint', id, signal);
}
