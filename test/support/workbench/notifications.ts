import type { Locator, Page } from 'playwright-core';

/** The toasts in the corner, and modal dialogs. */
export class Notifications {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  toast(text: string | RegExp): Locator {
    const message = this.#page.locator('.notification-list-item-message').filter({ hasText: text });
    return this.#page.locator('.notifications-toasts .notification-list-item').filter({ has: message }).first();
  }

  async texts(): Promise<string[]> {
    return this.#page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();
  }

  async waitFor(text: string | RegExp): Promise<void> {
    await this.toast(text).waitFor();
  }

  async click(text: string | RegExp, button: string): Promise<void> {
    await this.toast(text).getByRole('button', { name: button, exact: true }).click();
  }

  async dismiss(text: string | RegExp): Promise<void> {
    const toast = this.toast(text);
    await toast.hover();
    await toast.locator('.codicon-notifications-clear').click();
    await toast.waitFor({ state: 'detached' });
  }

  /** A modal dialog with this text. */
  dialog(text: string | RegExp): Locator {
    return this.#page.locator('.monaco-dialog-box').filter({ hasText: text });
  }

  async answerDialog(text: string | RegExp, button: string): Promise<void> {
    await this.dialog(text).locator('.monaco-button').filter({ hasText: button }).click();
    await this.dialog(text).waitFor({ state: 'detached' });
  }
}
