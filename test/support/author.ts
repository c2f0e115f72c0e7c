import { monotonicFactory } from 'ulid';
import type { Author } from '../../src/core/expand.ts';

const newId = monotonicFactory();

/** Someone who acts at a fixed moment. */
export function authorNamed(account = 'ada', at = '2026-03-01T12:00:00.000Z'): Author {
  return { account, surface: 'cli', now: () => at, newId };
}
