import assert from 'node:assert/strict';
import { extensions, version } from 'vscode';

export function smokeSuite(): void {
  describe('the extension host', () => {
    it('is the VS Code that the run asked for', () => {
      const expected = process.env.DTM_TEST_VSCODE;
      assert.ok(expected, 'DTM_TEST_VSCODE must name the version that the run asked for');
      assert.ok(version.startsWith(`${expected}.`), `VS Code ${version} runs, ${expected} was asked for`);
    });

    it('has the extension, and activates it', async () => {
      const extension = extensions.getExtension('dtm.dtm-vscode');
      assert.ok(extension, 'dtm.dtm-vscode is not there');
      await extension.activate();
      assert.equal(extension.isActive, true);
    });
  });
}
