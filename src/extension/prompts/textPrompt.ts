import { type InputBox, QuickInputButtons, window } from 'vscode';
import { DtmError } from '../../core/errors.ts';
import { DisposableList } from '../disposableList.ts';
import { type TextQuestion, WentBack } from './person.ts';

/** Asks for a line of text in the editor's input box. */
export function askText(question: TextQuestion): Promise<string> {
  const owned = new DisposableList();
  const box = owned.add(window.createInputBox());
  dress(box, question);
  return new Promise<string>((resolve, reject) => {
    owned.add(box.onDidChangeValue((text) => showProblem(box, question.validate?.(text))));
    owned.add(box.onDidTriggerButton(() => reject(new WentBack())));
    owned.add(box.onDidHide(() => reject(new DtmError('cancelled', 'cancelled'))));
    owned.add(box.onDidAccept(() => accept(box, question).then((done) => done && resolve(box.value), reject)));
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

/** @returns whether the answer stands; a second Enter while it is being used does nothing */
async function accept(box: InputBox, question: TextQuestion): Promise<boolean> {
  const problem = question.validate?.(box.value);
  showProblem(box, problem);
  if (problem !== undefined || !box.enabled) return false;
  if (!question.submit) return true;
  box.enabled = false;
  box.busy = true;
  try {
    const refused = await question.submit(box.value);
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
