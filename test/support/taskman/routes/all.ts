import type { Route } from '../http/call.ts';
import { projectRoutes } from './projects.ts';
import { serviceRoutes } from './service.ts';
import { sprintRoutes } from './sprints.ts';
import { taskRoutes } from './tasks.ts';

/** Every route, in the back end's order. */
export function allRoutes(): Route[] {
  return [
    ...serviceRoutes(),
    ...taskRoutes('/api/v1/tasks'),
    ...projectRoutes('/api/v1/projects'),
    ...sprintRoutes('/api/v1/sprints'),
    ...taskRoutes('/api/tasks'),
    ...projectRoutes('/api/projects'),
    ...sprintRoutes('/api/sprints'),
  ];
}
