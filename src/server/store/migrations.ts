import type { Migration } from 'kysely';
import { audit } from './migrations/audit.ts';
import { compactWords } from './migrations/compactWords.ts';
import { firstSchema } from './migrations/firstSchema.ts';
import { loginAttempts } from './migrations/loginAttempts.ts';
import { personalTokens } from './migrations/personalTokens.ts';
import { sprintHistory } from './migrations/sprintHistory.ts';
import { storedAnswers } from './migrations/storedAnswers.ts';

/**
 * Every migration in order. They only go forward, and one that was released never changes: a new one is added at the
 * end. Names sort like the list. The same migrations run on SQLite and PostgreSQL, each in a transaction of its own.
 *
 * To add one: (1) export a `Migration` from `migrations/<name>.ts` with the types that both know (`text`, `integer`,
 * `bigint` for feed numbers, `double precision`; text is ordered by code point, see `migrate.ts`), no `autoIncrement`;
 * (2) list it here as `NNNN_<name>`; (3) add its tables to `schema.ts`, and a class over `Kysely<Database>` in
 * `<name>Table.ts` to `Transaction` in `store.ts` and to `transactionOver` in `transaction.ts`.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001_first_schema': firstSchema,
  '0002_login_attempts': loginAttempts,
  '0003_audit': audit,
  '0004_sprint_history': sprintHistory,
  '0005_stored_answers': storedAnswers,
  '0006_personal_tokens': personalTokens,
  '0007_compact_words': compactWords,
};
