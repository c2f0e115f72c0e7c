import * as z from 'zod';
import { type EntityKind, entityKinds } from '../core/ids.ts';
import { filtersOf } from '../core/query.ts';
import {
  accountBody,
  changeUserRequest,
  madeTokenAnswer,
  newUserRequest,
  personalTokenBody,
  tokenRequest,
} from './accounts.ts';
import {
  completeSprintAnswer,
  completeSprintRequest,
  reasonRequest,
  sprintTasksAnswer,
  sprintTasksRequest,
  transitionRequest,
} from './actions.ts';
import { auditAnswer, auditQuery } from './audit.ts';
import {
  bootstrapChallenge,
  bootstrapRequest,
  loginRequest,
  logoutRequest,
  refreshRequest,
  tokensAnswer,
  userBody,
} from './auth.ts';
import { createBody, entityBodies, listAnswer, patchBody } from './entities.ts';
import { problemBody } from './problem.ts';
import { burndownAnswer, progressAnswer, summaryAnswer } from './reports.ts';
import { healthAnswer, rootAnswer } from './service.ts';
import { batchAnswer, batchRequest, changeBody, changesAnswer, changesQuery, eventsQuery } from './sync.ts';

/** `DELETE …/{id}`: whether a project takes its sprints and tasks along. */
export const deletionQuery = z.strictObject({ cascade: z.enum(['true', 'false']).default('false') });

/** The paging and order of a list; filters come beside. */
export const pagingQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
  cursor: z.string().min(1).max(8_000).optional(),
  sort: z.string().max(500).default(''),
  include_total: z
    .enum(['true', 'false'])
    .default('true')
    .transform((value) => value === 'true'),
});

function listQuery(kind: EntityKind) {
  const filters = filtersOf(kind).map((name) => [name, z.string().optional()] as const);
  return z.strictObject({ ...pagingQuery.shape, ...Object.fromEntries(filters) });
}

type EntitySchemas = Record<
  `${'Project' | 'Sprint' | 'Task'}${'' | 'Create' | 'Patch' | 'List' | 'Query' | 'Transition'}`,
  z.ZodType
>;

function entitySchemas(): EntitySchemas {
  const named = entityKinds.flatMap((kind): [string, z.ZodType][] => {
    const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
    return [
      [name, entityBodies[kind]],
      [`${name}Create`, createBody(kind)],
      [`${name}Patch`, patchBody(kind)],
      [`${name}List`, listAnswer(kind)],
      [`${name}Query`, listQuery(kind)],
      [`${name}Transition`, transitionRequest(kind)],
    ];
  });
  return Object.fromEntries(named) as EntitySchemas;
}

const others = {
  Problem: problemBody,
  Reason: reasonRequest,
  CompleteSprint: completeSprintRequest,
  CompletedSprint: completeSprintAnswer,
  SprintTasks: sprintTasksRequest,
  MovedTasks: sprintTasksAnswer,
  Deletion: deletionQuery,
  Progress: progressAnswer,
  Burndown: burndownAnswer,
  Summary: summaryAnswer,
  Batch: batchRequest,
  BatchResults: batchAnswer,
  Change: changeBody,
  Changes: changesAnswer,
  ChangesQuery: changesQuery,
  EventsQuery: eventsQuery,
  Audit: auditAnswer,
  AuditQuery: auditQuery,
  Login: loginRequest,
  Refresh: refreshRequest,
  Logout: logoutRequest,
  Tokens: tokensAnswer,
  User: userBody,
  NewAccessToken: tokenRequest,
  MadeAccessToken: madeTokenAnswer,
  AccessTokens: z.object({ items: z.array(personalTokenBody) }),
  NewUser: newUserRequest,
  UserPatch: changeUserRequest,
  Account: accountBody,
  Accounts: z.object({ items: z.array(accountBody) }),
  Bootstrap: bootstrapRequest,
  BootstrapAnswer: z.union([bootstrapChallenge, tokensAnswer]),
  Root: rootAnswer,
  Health: healthAnswer,
  Live: z.object({ status: z.literal('healthy') }),
  PublicKeys: z.object({ keys: z.array(z.looseObject({ kid: z.string() })) }),
  OpenApi: z.looseObject({ openapi: z.string() }),
} as const satisfies Record<string, z.ZodType>;

export type SchemaName = keyof EntitySchemas | keyof typeof others;

/** Every body and query that travels, by name. */
export const apiSchemas: Readonly<Record<SchemaName, z.ZodType>> = { ...entitySchemas(), ...others };
