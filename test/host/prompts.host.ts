import assert from 'node:assert/strict';
import type { InputBox } from 'vscode';
import { Emitter } from '../../src/core/emitter.ts';
import { askText } from '../../src/extension/prompts/textPrompt.ts';

/** An input box whose events a test fires in the order and at the moment that it wants. */
class ManualBox {
  value = '';
  enabled = true;
  readonly accepted = new Emitter<void>();
  readonly hidden = new Emitter<void>();
  readonly onDidAccept = this.accepted.event;
  readonly onDidHide = this.hidden.event;
  readonly onDidChangeValue = new Emitter<string>().event;
  readonly onDidTriggerButton = new Emitter<never>().event;
  show(): void {}
  dispose(): void {}
}

export function promptsSuite(): void {
  describe('a question for a line of text', () => {
    it('has its answer at Enter, even if the box is hidden in the same moment', async () => {
      const box = new ManualBox();
      const answer = askText({ title: 'Edit', prompt: 'Title' }, box as unknown as InputBox);
      box.value = 'Typed';
      // As the editor delivers them together when the window was busy: Enter, then F1.
      box.accepted.fire();
      box.hidden.fire();
      assert.equal(await answer, 'Typed');
    });

    it('is cancelled where it is hidden without Enter, or with what does not fit', async () => {
      for (const isAccepted of [false, true]) {
        const box = new ManualBox();
        const question = { title: 'Edit', prompt: 'Title', validate: () => 'too short' };
        const answer = askText(question, box as unknown as InputBox);
        if (isAccepted) box.accepted.fire();
        box.hidden.fire();
        await assert.rejects(answer, { code: 'cancelled' });
      }
    });
  });
}
