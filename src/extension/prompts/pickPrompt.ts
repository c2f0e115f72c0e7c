import { QuickInputButtons, type QuickPick, type QuickPickItem, QuickPickItemKind, ThemeIcon, window } from 'vscode';
import { DtmError } from '../../core/errors.ts';
import { DisposableList } from '../disposableList.ts';
import { type Choice, type ManyQuestion, type PickQuestion, WentBack } from './person.ts';

type Item<T> = QuickPickItem & { readonly choice?: Choice<T> };

/** Lets the person choose one in the editor's quick pick. */
export async function askPick<T>(question: PickQuestion<T>): Promise<T> {
  const [chosen] = await ask(question, (picker) => picker.selectedItems.slice(0, 1));
  if (!chosen?.choice) throw new DtmError('cancelled', 'cancelled');
  return chosen.choice.value;
}

/** Lets the person choose any number. */
export async function askMany<T>(question: ManyQuestion<T>): Promise<readonly T[]> {
  const items = await ask(question, (picker) => picker.selectedItems, true);
  return items.flatMap((item) => (item.choice ? [item.choice.value] : []));
}

function ask<T>(
  question: PickQuestion<T>,
  answer: (picker: QuickPick<Item<T>>) => readonly Item<T>[],
  isMany = false,
): Promise<readonly Item<T>[]> {
  const owned = new DisposableList();
  const picker = owned.add(window.createQuickPick<Item<T>>());
  dress(picker, question);
  picker.canSelectMany = isMany;
  if (isMany) picker.selectedItems = picker.items.filter((item) => item.choice?.isChecked);
  return new Promise<readonly Item<T>[]>((resolve, reject) => {
    owned.add(picker.onDidTriggerButton(() => reject(new WentBack())));
    owned.add(picker.onDidHide(() => reject(new DtmError('cancelled', 'cancelled'))));
    owned.add(picker.onDidAccept(() => (isMany || picker.selectedItems.length > 0) && resolve(answer(picker))));
    picker.show();
  }).finally(() => owned.dispose());
}

function dress<T>(picker: QuickPick<Item<T>>, question: PickQuestion<T>): void {
  picker.title = question.title;
  picker.placeholder = question.placeholder;
  picker.step = question.position?.step;
  picker.totalSteps = question.position?.totalSteps;
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.ignoreFocusOut = true;
  if ((question.position?.step ?? 1) > 1) picker.buttons = [QuickInputButtons.Back];
  picker.items = itemsOf(question.choices);
  const preselected = picker.items.find((item) => item.choice && item.choice.value === question.preselected);
  if (preselected) picker.activeItems = [preselected];
}

function itemsOf<T>(choices: readonly Choice<T>[]): Item<T>[] {
  const items: Item<T>[] = [];
  let group: string | undefined;
  for (const choice of choices) {
    if (choice.group !== undefined && choice.group !== group) {
      items.push({ label: choice.group, kind: QuickPickItemKind.Separator });
    }
    group = choice.group;
    items.push(itemOf(choice));
  }
  return items;
}

function itemOf<T>(choice: Choice<T>): Item<T> {
  return {
    label: choice.label,
    choice,
    ...(choice.description === undefined ? {} : { description: choice.description }),
    ...(choice.detail === undefined ? {} : { detail: choice.detail }),
    ...(choice.icon === undefined ? {} : { iconPath: new ThemeIcon(choice.icon) }),
  };
}
