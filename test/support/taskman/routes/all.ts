import type { Route } from '../http/call.ts';
import { actionListRoutes } from './actionLists.ts';
import { brokenRoutes, diagnosticRoutes } from './broken.ts';
import { checklistRoutes } from './checklists.ts';
import { conversationRoutes } from './conversations.ts';
import { documentationRoutes } from './documentation.ts';
import { observabilityRoutes } from './observability.ts';
import { phaseRoutes } from './phases.ts';
import { planRoutes } from './plans.ts';
import { projectRoutes } from './projects.ts';
import { serviceRoutes } from './service.ts';
import { sprintRoutes } from './sprints.ts';
import { taskRoutes } from './tasks.ts';

/** Every route, in the back end's order. */
export function allRoutes(): Route[] {
  return [
    ...documentationRoutes(),
    ...serviceRoutes(),
    ...taskRoutes('/api/v1/tasks'),
    ...projectRoutes('/api/v1/projects'),
    ...sprintRoutes('/api/v1/sprints'),
    ...actionListRoutes('/api/v1/action-lists'),
    ...brokenRoutes(),
    ...checklistRoutes(),
    ...conversationRoutes(),
    ...phaseRoutes(),
    ...planRoutes(),
    ...diagnosticRoutes(),
    ...taskRoutes('/api/tasks'),
    ...projectRoutes('/api/projects'),
    ...sprintRoutes('/api/sprints'),
    ...actionListRoutes('/api/action-lists'),
    ...observabilityRoutes(),
  ];
}
