import { type InputBox, QuickInputButtons, window } from 'vscode';
import { DtmError } from '../../core/errors.ts';
import { DisposableList } from '../disposableList.ts';
import { type TextQuestion, WentBack } from './person.ts';

/** Asks for a line of text in the editor's input box. */
export function askText(question: TextQuestion, box: InputBox = window.createInputBox()): Promise<string> {
  const owned = new DisposableList();
  owned.add(box);
  dress(box, question);
  return new Promise<string>((resolve, reject) => {
    owned.add(box.onDidChangeValue((text) => showProblem(box, question.validate?.(text))));
    owned.add(box.onDidTriggerButton(() => reject(new WentBack())));
    owned.add(box.onDidHide(() => reject(new DtmError('cancelled', 'cancelled'))));
    owned.add(
      box.onDidAccept(() => {
        if (!isAcceptable(box, question)) return;
        const { submit } = question;
        // At once: the editor may tell in the same breath that something else took the place of the box.
        if (!submit) resolve(box.value);
        else submitted(box, submit).then((isTaken) => isTaken && resolve(box.value), reject);
      }),
    );
    box.show();
  }).finally(() => owned.dispose());
}

function dress(box: InputBox, question: TextQuestion): void {
  box.title = question.title;
  box.prompt = question.prompt;
  box.value = question.value ?? '';
  box.placeholder = question.placeholder ?? '';
  box.password = question.isPassword ?? false;
  box.step = question.position?.step;
  box.totalSteps = question.position?.totalSteps;
  box.ignoreFocusOut = true;
  if ((question.position?.step ?? 1) > 1) box.buttons = [QuickInputButtons.Back];
}

/** Whether Enter means something now; a second one while the answer is being used does not. */
function isAcceptable(box: InputBox, question: TextQuestion): boolean {
  const problem = question.validate?.(box.value);
  showProblem(box, problem);
  return problem === undefined && box.enabled;
}

/** @returns whether the answer stands; if not, the box says why and stays */
async function submitted(box: InputBox, submit: NonNullable<TextQuestion['submit']>): Promise<boolean> {
  box.enabled = false;
  box.busy = true;
  try {
    const refused = await submit(box.value);
    showProblem(box, refused);
    return refused === undefined;
  } finally {
    box.enabled = true;
    box.busy = false;
  }
}

function showProblem(box: InputBox, problem: string | undefined): void {
  box.validationMessage = problem;
}
