import { startTaskman, type Taskman } from '../support/taskman/taskman.ts';

/** The same tests against a fresh back end on SQLite and on PostgreSQL. */
export function onBothDatabases(
  title: string,
  tests: (taskman: () => Taskman, database: 'sqlite' | 'postgres') => void,
): void {
  for (const database of ['sqlite', 'postgres'] as const) {
    describe(`${title} (${database})`, () => {
      let taskman: Taskman;
      beforeEach(async () => {
        taskman = await startTaskman({ database });
      });
      afterEach(() => taskman.stop());
      tests(() => taskman, database);
    });
  }
}
