import * as z from 'zod';
import { roles } from './auth.ts';

/** What a personal access token may do, at most; it never may more than its owner. */
export const scopes = ['read', 'write', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** How a personal access token begins. */
export const personalTokenPrefix = 'dtm_pat_';

/** `POST /auth/tokens`. */
export const tokenRequest = z.strictObject({
  name: z.string().trim().min(1).max(200),
  scope: z.enum(scopes),
  expires_in_days: z.int().min(1).max(366).default(90),
});

/** One of `GET /auth/tokens`. */
export const personalTokenBody = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(scopes),
  created_at: z.string(),
  expires_at: z.string(),
});

/** The answer of `POST /auth/tokens`: the only time that the token is shown. */
export const madeTokenAnswer = personalTokenBody.extend({ token: z.string() });

const password = z.string().min(8).max(1_000);

/** `POST /api/v1/users`. */
export const newUserRequest = z.strictObject({
  username: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}]+$/u, 'must not contain control characters'),
  password,
  role: z.enum(roles).default('member'),
});

/** `PATCH /api/v1/users/{id}`. */
export const changeUserRequest = z.strictObject({
  role: z.enum(roles).optional(),
  password: password.optional(),
  disabled: z.boolean().optional(),
});

/** A user as administrators see one. */
export const accountBody = z.object({
  id: z.string(),
  username: z.string(),
  role: z.enum(roles),
  disabled: z.boolean(),
  created_at: z.string(),
});
export type AccountBody = z.infer<typeof accountBody>;
