/** Nothing listens where the database should be: the text of the operating system's error, as asyncpg passes it on. */
export class ConnectionFailure extends Error {}

/** A statement that the database (or its driver) refused; the message is SQLAlchemy's whole text. */
export class StatementFailure extends Error {
  /** A broken constraint (`IntegrityError`), as opposed to a value that does not fit. */
  readonly isIntegrity: boolean;
  /** The driver's part of the text (`e.orig`). */
  readonly original: string;

  constructor(message: string, original: string, isIntegrity: boolean) {
    super(message);
    this.isIntegrity = isIntegrity;
    this.original = original;
  }
}
