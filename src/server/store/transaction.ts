import type { Kysely } from 'kysely';
import { AccountTable } from './accountTable.ts';
import { AnswerTable } from './answerTable.ts';
import { AuditTable } from './auditTable.ts';
import { EntityTable } from './entityTable.ts';
import { FeedTable } from './feedTable.ts';
import { LoginAttemptTable } from './loginAttemptTable.ts';
import { MetaTable } from './metaTable.ts';
import { OperationTable } from './operationTable.ts';
import { PersonalTokenTable } from './personalTokenTable.ts';
import { withSavepoint } from './savepoint.ts';
import type { Database } from './schema.ts';
import { countSessions } from './sessionCount.ts';
import { snapshotPage } from './snapshotQuery.ts';
import { SprintHistoryTable } from './sprintHistoryTable.ts';
import type { Transaction } from './store.ts';
import { countTasks } from './taskCounts.ts';
import { TombstoneTable } from './tombstoneTable.ts';
import { UserTable } from './userTable.ts';

/** The tables of one transaction. The SQL behind them is the same for every engine. */
export function transactionOver(db: Kysely<Database>): Transaction {
  return {
    entities: new EntityTable(db),
    tombstones: new TombstoneTable(db),
    operations: new OperationTable(db),
    accounts: new AccountTable(db),
    loginAttempts: new LoginAttemptTable(db),
    answers: new AnswerTable(db),
    personalTokens: new PersonalTokenTable(db),
    users: new UserTable(db),
    feed: new FeedTable(db),
    audit: new AuditTable(db),
    sprintHistory: new SprintHistoryTable(db),
    countSessions: () => countSessions(db),
    countTasks: (field, id, now) => countTasks(db, field, id, now),
    meta: new MetaTable(db),
    part: (work) => withSavepoint(db, work),
    snapshot: (position, upTo, limit, scope) => snapshotPage(db, position, upTo, limit, scope),
  };
}
