/** Where a question stands in a sequence of questions. */
export interface StepPosition {
  readonly step: number;
  readonly totalSteps: number;
}

export interface TextQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly position?: StepPosition | undefined;
  readonly value?: string;
  readonly placeholder?: string;
  readonly isPassword?: boolean;
  /** Checks while the person types. @returns what is wrong, or undefined */
  validate?(text: string): string | undefined;
  /** Does what the answer is for, with the question still open. @returns why it must be asked again, or undefined */
  submit?(text: string): Promise<string | undefined>;
}

export interface Choice<T> {
  readonly label: string;
  readonly value: T;
  readonly description?: string | undefined;
  readonly detail?: string | undefined;
  /** A codicon's name. */
  readonly icon?: string;
  /** Of many choices: whether it is chosen from the beginning. */
  readonly isChecked?: boolean;
  /** Heads a group of choices; it begins where this text changes. */
  readonly group?: string;
}

export interface PickQuestion<T> {
  readonly title: string;
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  readonly position?: StepPosition | undefined;
  /** The choice that Enter takes at once; the first by default. */
  readonly preselected?: T | undefined;
}

export interface ManyQuestion<T> extends PickQuestion<T> {
  readonly acceptLabel?: string;
}

export interface Confirmation {
  readonly message: string;
  readonly detail: string;
  /** What the button says that goes on. */
  readonly action: string;
  /** Whether something would be lost; shown with a sign of warning. */
  readonly isGrave: boolean;
}

/** The person at the editor: everything that a command asks or tells. */
export interface Person {
  /** @throws DtmError `cancelled` on Escape; {@link WentBack} on the button "Back" */
  text(question: TextQuestion): Promise<string>;
  /** @throws DtmError `cancelled` on Escape; {@link WentBack} on the button "Back" */
  pick<T>(question: PickQuestion<T>): Promise<T>;
  /** Any number of the choices. @throws DtmError `cancelled` on Escape */
  pickMany<T>(question: ManyQuestion<T>): Promise<readonly T[]>;
  /** A modal question. @throws DtmError `cancelled` unless the person goes on */
  confirm(confirmation: Confirmation): Promise<void>;
  /** A notification. @returns the action that was chosen, at some time, or undefined */
  inform(message: string, ...actions: readonly string[]): Promise<string | undefined>;
  warn(message: string, ...actions: readonly string[]): Promise<string | undefined>;
  fail(message: string, ...actions: readonly string[]): Promise<string | undefined>;
  /** A line that goes away by itself: what was done, where that is worth no notification. */
  note(message: string): void;
  /** Shows that something goes on which the person started. */
  wait<T>(title: string, work: () => Promise<T>): Promise<T>;
  copy(text: string): Promise<void>;
}

/** Thrown where the person wants to see the question before this one again. */
export class WentBack extends Error {
  override readonly name = 'WentBack';
}
