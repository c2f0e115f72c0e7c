import { Crash, HttpError } from '../http/answer.ts';
import { ConnectionFailure, StatementFailure } from '../store/failures.ts';
import { ServiceError } from './entityService.ts';

type Statuses = Partial<Record<ServiceError['kind'], number>>;

/** Runs a service; its errors become `{"detail": text}` with the router's status, 400 where it names none. */
export function withStatuses<T>(statuses: Statuses, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ServiceError) throw new HttpError(statuses[error.kind] ?? 400, error.message);
    if (error instanceof ConnectionFailure || error instanceof StatementFailure) throw new Crash(error.message);
    throw error;
  }
}

/** What reading and changing answer with. */
export const usualStatuses: Statuses = { notFound: 404, validation: 422 };
