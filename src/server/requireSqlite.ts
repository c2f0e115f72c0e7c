import { isBuiltin } from 'node:module';
import { DtmError } from '../core/errors.ts';

/**
 * Checked before anything imports it, since an import that is not there says nothing to people.
 * @throws DtmError `configuration`
 */
export function requireSqlite(): void {
  if (isBuiltin('node:sqlite')) return;
  throw new DtmError('configuration', `this Node.js (${process.version}) has no embedded database`, {
    hint: 'Run the server with Node.js 22.13 or later.',
  });
}
