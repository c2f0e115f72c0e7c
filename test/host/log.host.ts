import assert from 'node:assert/strict';
import { DtmError } from '../../src/core/errors.ts';
import { formatEntry } from '../../src/extension/log.ts';

export function logSuite(): void {
  describe('the log', () => {
    it('hides whatever is named like a secret', () => {
      const entry = formatEntry('signedIn', {
        account: 'ana',
        refreshToken: 'abc',
        password: 'def',
        Authorization: 'ghi',
      });
      assert.match(entry, /^signedIn account="ana" /);
      assert.doesNotMatch(entry, /abc|def|ghi/);
    });

    it('tells an error with its code, fields and cause', () => {
      const fields = [{ path: 'title', code: 'too_big', message: 'is too long' }];
      const error = new DtmError('validation', 'not valid', { fields, cause: new DtmError('offline', 'no answer') });
      assert.equal(
        formatEntry('failed', { error }),
        'failed error=validation: not valid title: is too long; cause: offline: no answer',
      );
    });
  });
}
