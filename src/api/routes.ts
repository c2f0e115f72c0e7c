import type { EntityKind } from '../core/ids.ts';
import { entityKinds } from '../core/ids.ts';
import type { Role } from './auth.ts';
import { collections } from './entities.ts';
import type { ProblemSlug } from './problem.ts';
import type { SchemaName } from './schemas.ts';

/** One route as the OpenAPI document tells it. */
export interface ApiRoute {
  readonly method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  /** With parameters in braces: `/api/v1/tasks/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** Who may use it. */
  readonly access: 'public' | Role;
  readonly query?: SchemaName;
  readonly body?: SchemaName;
  /** Whether the body may be left out. */
  readonly optionalBody?: boolean;
  readonly headers?: readonly ('If-Match' | 'If-None-Match' | 'Last-Event-ID')[];
  /** Headers of a success, beside those that every answer has. */
  readonly answerHeaders?: readonly ('ETag' | 'Location')[];
  readonly status: 200 | 201 | 204;
  /** Absent: no body. */
  readonly answer?: SchemaName;
  /** Another status with which the same answer comes, and what it means. */
  readonly otherwise?: { readonly status: 503; readonly description: string };
  /** Default: JSON. */
  readonly media?: string;
  /** The answer holds a secret, so it is never given again for the same `Idempotency-Key`. */
  readonly isShownOnce?: boolean;
  /** Beside those that any route with a body, an id or a sign-in has. */
  readonly problems?: readonly ProblemSlug[];
  /** An older name of another route. */
  readonly deprecated?: boolean;
}

const names = { project: 'Project', sprint: 'Sprint', task: 'Task' } as const satisfies Record<EntityKind, SchemaName>;
const tagged = { answerHeaders: ['ETag'] } as const;
const relations = {
  project: [],
  sprint: [],
  task: ['sprint-project-mismatch', 'dependency-cycle'],
} as const satisfies Record<EntityKind, readonly ProblemSlug[]>;
const stepping = ['version-mismatch', 'illegal-transition'] as const;

/** What can stand against changing an entity. */
function changing(kind: EntityKind): readonly ProblemSlug[] {
  return [...stepping, ...relations[kind], ...(kind === 'sprint' ? (['has-dependents'] as const) : [])];
}

function entityRoutes(kind: EntityKind): ApiRoute[] {
  const path = `/api/v1/${collections[kind]}`;
  const one = `${path}/{id}`;
  const answer = names[kind];
  const patch = {
    path: one,
    access: 'member',
    status: 200,
    answer,
    body: `${answer}Patch`,
    headers: ['If-Match'],
    ...tagged,
    problems: changing(kind),
  } as const;
  return [
    {
      method: 'get',
      path,
      summary: `Lists ${kind}s.`,
      access: 'viewer',
      query: `${answer}Query`,
      status: 200,
      answer: `${answer}List`,
    },
    {
      method: 'post',
      path,
      summary: `Creates a ${kind}.`,
      access: 'member',
      body: `${answer}Create`,
      status: 201,
      answer,
      answerHeaders: ['ETag', 'Location'],
      problems: ['already-exists', ...relations[kind]],
    },
    {
      method: 'get',
      path: one,
      summary: `One ${kind}.`,
      access: 'viewer',
      headers: ['If-None-Match'],
      ...tagged,
      status: 200,
      answer,
    },
    { ...patch, method: 'patch', summary: `Changes a ${kind} (JSON merge patch).` },
    { ...patch, method: 'put', summary: 'Means the same as PATCH.', deprecated: true },
    {
      method: 'delete',
      path: one,
      summary: `Deletes a ${kind}.`,
      access: 'member',
      query: 'Deletion',
      status: 204,
      headers: ['If-Match'],
      problems: ['version-mismatch', ...(kind === 'project' ? (['has-dependents'] as const) : [])],
    },
    action(kind, 'restore', `Brings a deleted ${kind} back.`),
    {
      ...action(kind, 'transition', 'Goes one allowed step of the lifecycle.', `${answer}Transition`),
      optionalBody: false,
    },
  ];
}

function action(kind: EntityKind, name: string, summary: string, body: SchemaName = 'Reason'): ApiRoute {
  const path = `/api/v1/${collections[kind]}/{id}/${name}`;
  const answer = { answer: names[kind], ...tagged };
  const base = { method: 'post', path, summary, access: 'member', status: 200, ...answer } as const;
  if (name === 'restore') return { ...base, problems: relations[kind] };
  return { ...base, body, optionalBody: true, headers: ['If-Match'], problems: stepping };
}

function report(path: string, summary: string, answer: SchemaName): ApiRoute {
  return { method: 'get', path: `/api/v1/${path}`, summary, access: 'viewer', status: 200, answer };
}

const workRoutes: readonly ApiRoute[] = [
  ...entityKinds.flatMap(entityRoutes),
  action('task', 'complete', 'Completes a task by the shortest allowed way.'),
  action('task', 'reopen', 'Takes a finished task up again.'),
  action('sprint', 'start', 'Starts a sprint.'),
  action('sprint', 'cancel', 'Cancels a sprint.'),
  {
    ...action('sprint', 'complete', 'Completes a sprint; unfinished tasks can be carried over.', 'CompleteSprint'),
    answer: 'CompletedSprint',
    problems: [...stepping, 'sprint-project-mismatch'],
  },
  { ...report('sprints/{id}/tasks', 'Lists the tasks of a sprint.', 'TaskList'), query: 'TaskQuery' },
  {
    ...action('sprint', 'tasks', 'Puts tasks into a sprint and takes others out.', 'SprintTasks'),
    answer: 'MovedTasks',
    answerHeaders: [],
    problems: ['version-mismatch', 'sprint-project-mismatch'],
  },
  report('sprints/{id}/progress', 'How a sprint stands.', 'Progress'),
  report('sprints/{id}/burndown', 'How a sprint went, day by day.', 'Burndown'),
  report('projects/{id}/summary', 'Counts, points and velocity of a project.', 'Summary'),
];

const syncRoutes: readonly ApiRoute[] = [
  {
    method: 'post',
    path: '/api/v1/batch',
    summary: 'Applies operations in order.',
    access: 'member',
    body: 'Batch',
    status: 200,
    answer: 'BatchResults',
  },
  {
    ...report('changes', 'A snapshot of everything, then whatever happens.', 'Changes'),
    query: 'ChangesQuery',
    problems: ['cursor-expired'],
  },
  {
    ...report('events', 'The changes as server-sent events; the data of each is a change.', 'Change'),
    query: 'EventsQuery',
    headers: ['Last-Event-ID'],
    media: 'text/event-stream',
    problems: ['cursor-expired'],
  },
  { ...report('audit', 'Who changed what, from what to what.', 'Audit'), query: 'AuditQuery' },
];

function signIn(name: string, summary: string, rest: Partial<ApiRoute>): ApiRoute[] {
  const route = { method: 'post', summary, access: 'public', status: 200, ...rest } as const;
  return [
    { ...route, path: `/auth/${name}` },
    { ...route, path: `/api/v1/auth/${name}`, deprecated: true },
  ];
}

const accountRoutes: readonly ApiRoute[] = [
  ...signIn('tokens', 'Your personal access tokens.', { method: 'get', access: 'viewer', answer: 'AccessTokens' }),
  ...signIn('tokens', 'Makes a personal access token; it is shown this once.', {
    access: 'viewer',
    body: 'NewAccessToken',
    status: 201,
    answer: 'MadeAccessToken',
    isShownOnce: true,
    problems: ['already-exists', 'forbidden'],
  }),
  ...signIn('tokens/{id}', 'Revokes a personal access token.', {
    method: 'delete',
    access: 'viewer',
    status: 204,
    problems: ['forbidden'],
  }),
  { ...report('users', 'Who may sign in.', 'Accounts'), access: 'admin' },
  {
    method: 'post',
    path: '/api/v1/users',
    summary: 'Adds a user.',
    access: 'admin',
    body: 'NewUser',
    status: 201,
    answer: 'Account',
    answerHeaders: ['Location'],
    problems: ['already-exists'],
  },
  {
    method: 'patch',
    path: '/api/v1/users/{id}',
    summary: "Changes a user's role or password, or switches the user off.",
    access: 'admin',
    body: 'UserPatch',
    status: 200,
    answer: 'Account',
    problems: ['conflict'],
  },
];

const signInRoutes: readonly ApiRoute[] = [
  ...signIn('login', 'Signs in.', {
    body: 'Login',
    answer: 'Tokens',
    problems: ['unauthenticated', 'rate-limited'],
  }),
  ...signIn('refresh', 'A new pair of tokens for a refresh token.', {
    body: 'Refresh',
    answer: 'Tokens',
    problems: ['unauthenticated', 'refresh-token-reused'],
  }),
  ...signIn('logout', 'Ends a session, or all sessions of its account.', {
    body: 'Logout',
    optionalBody: true,
    status: 204,
    problems: ['unauthenticated'],
  }),
  ...signIn('me', 'Who is signed in.', { method: 'get', access: 'viewer', answer: 'User' }),
  ...signIn('bootstrap', 'Signs in on the same machine without a password.', {
    body: 'Bootstrap',
    answer: 'BootstrapAnswer',
    problems: ['unauthenticated', 'forbidden'],
  }),
];

function open(path: string, summary: string, rest: Partial<ApiRoute>): ApiRoute {
  return { method: 'get', path, summary, access: 'public', status: 200, ...rest };
}

const health = {
  answer: 'Health',
  otherwise: { status: 503, description: 'The server is unhealthy: the answer says why.' },
} as const;
const serviceRoutes: readonly ApiRoute[] = [
  open('/', 'Who answers.', { answer: 'Root' }),
  open('/health', 'Whether the server is well.', health),
  open('/health/ready', 'For probes.', health),
  open('/health/live', 'For probes: whether the process answers.', { answer: 'Live' }),
  open('/healthz', 'For probes.', health),
  open('/api/health', 'An older name of /health.', { ...health, deprecated: true }),
  open('/api/v1/health', 'An older name of /health.', { ...health, deprecated: true }),
  open('/.well-known/jwks.json', 'The public keys that access tokens are signed with.', { answer: 'PublicKeys' }),
  open('/metrics', 'For Prometheus; only on the same machine or with its token.', {
    media: 'text/plain',
    problems: ['forbidden'],
  }),
  open('/openapi.json', 'This document.', { answer: 'OpenApi' }),
  open('/docs', 'This document as a page.', { media: 'text/html' }),
];

/** Every route of the server. */
export const apiRoutes: readonly ApiRoute[] = [
  ...serviceRoutes,
  ...signInRoutes,
  ...accountRoutes,
  ...workRoutes,
  ...syncRoutes,
];
