import * as z from 'zod';

export const roles = ['viewer', 'member', 'admin'] as const;
export type Role = (typeof roles)[number];

export const userBody = z.object({ id: z.string(), username: z.string(), role: z.enum(roles) });
export type UserBody = z.infer<typeof userBody>;

/** `POST /auth/login`. */
export const loginRequest = z.strictObject({
  username: z.string().min(1).max(200),
  password: z.string().min(1).max(1_000),
});

/** `POST /auth/refresh`. */
export const refreshRequest = z.strictObject({ refresh_token: z.string().min(1).max(1_000) });

/** A pair of tokens. Lifetimes in seconds. */
export const tokensAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int(),
  refresh_token: z.string(),
  refresh_expires_in: z.int(),
  user: userBody,
});
export type TokensAnswer = z.infer<typeof tokensAnswer>;

/**
 * `POST /auth/logout`: ends the family that the refresh token belongs to; `everywhere` ends all sessions of its account.
 * Personal access tokens are no sessions: they stay until they are revoked.
 */
export const logoutRequest = z.strictObject({
  refresh_token: z.string().min(1).max(1_000).optional(),
  everywhere: z.boolean().optional(),
});

/**
 * Signing in to a local server without typing a password, in two steps. Client and server prove to each other that
 * both can read the runtime file's secret; the secret itself never travels.
 * Step 1: the client sends `{client_nonce}`, the server answers `{server_nonce, server_proof}`.
 * Step 2: the client checks the proof, then sends `{client_nonce, server_nonce, client_proof}` and gets tokens.
 */
export const bootstrapRequest = z.strictObject({
  client_nonce: z.string().min(16).max(200),
  server_nonce: z.string().min(16).max(200).optional(),
  client_proof: z.string().min(16).max(200).optional(),
});
export const bootstrapChallenge = z.object({ server_nonce: z.string(), server_proof: z.string() });

/** What each side signs with HMAC-SHA-256 (base64url): the role first, so that one proof is never the other. */
export function bootstrapMessage(
  side: 'server' | 'client',
  origin: string,
  clientNonce: string,
  serverNonce: string,
): string {
  return `dtm-bootstrap-v1\n${side}\n${origin}\n${clientNonce}\n${serverNonce}`;
}

/** The runtime file of a running local server, 0600 in the user's state folder: `servers/<port>.json`. */
export const runtimeFile = z.object({
  pid: z.int(),
  origin: z.url(),
  server_id: z.string(),
  secret: z.string(),
  started_at: z.string(),
});
export type RuntimeFile = z.infer<typeof runtimeFile>;
