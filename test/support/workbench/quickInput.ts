import type { Locator, Page } from 'playwright-core';

/** The palette, quick picks and input boxes. */
export class QuickInput {
  readonly #page: Page;
  readonly widget: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.widget = page.locator('.quick-input-widget:not(.quick-input-widget-closing)');
  }

  get input(): Locator {
    return this.widget.locator('.quick-input-box input');
  }

  /** Runs a command as a person does: F1, its title ("Category: Title"), Enter. */
  async runCommand(title: string): Promise<void> {
    await this.#page.keyboard.press('F1');
    await this.input.waitFor();
    await this.input.fill(`>${title}`);
    await this.#row(title).click();
  }

  /** Waits for a quick pick or input box with this title. */
  async waitForTitle(title: string | RegExp): Promise<void> {
    await this.widget.locator('.quick-input-title').filter({ hasText: title, visible: true }).waitFor();
  }

  /** Picks the item with exactly this label. */
  async pick(label: string): Promise<void> {
    await this.#row(label).click();
  }

  /** Waits for an item with exactly this label. */
  async waitForItem(label: string): Promise<void> {
    await this.#row(label).waitFor();
  }

  /** Replaces the text of the input, without accepting it. */
  async type(text: string): Promise<void> {
    await this.input.waitFor();
    await this.input.fill(text);
  }

  /** Types a text and accepts it with Enter. */
  async enter(text: string): Promise<void> {
    await this.type(text);
    await this.accept();
  }

  async accept(): Promise<void> {
    await this.input.press('Enter');
  }

  async escape(): Promise<void> {
    await this.input.press('Escape');
  }

  async waitForClosed(): Promise<void> {
    await this.widget.waitFor({ state: 'hidden' });
  }

  /** Waits for a validation message or prompt with this text. */
  async waitForMessage(text: string | RegExp): Promise<void> {
    await this.widget.locator('.quick-input-message').filter({ hasText: text, visible: true }).waitFor();
  }

  /** The labels of the items that are shown. */
  async labels(): Promise<string[]> {
    await this.widget.locator('.monaco-list-row').first().waitFor();
    return this.widget.locator('.monaco-list-row .label-name').allInnerTexts();
  }

  #row(label: string): Locator {
    const exact = this.widget.page().locator('.label-name').getByText(label, { exact: true });
    return this.widget.locator('.monaco-list-row').filter({ has: exact }).first();
  }
}
