import type { Locator, Page } from 'playwright-core';
import { tooltipOf } from './tooltip.ts';

export class StatusBar {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** An item by its id (`publisher.extension.item`) or by a part of its accessible name. */
  item(idOrLabel: string): Locator {
    const bar = this.#page.locator('.part.statusbar');
    return bar.locator(`.statusbar-item[id="${idOrLabel}"], .statusbar-item[aria-label*="${idOrLabel}"]`).first();
  }

  /** The text without its icons. */
  async text(idOrLabel: string): Promise<string> {
    return (await this.item(idOrLabel).allInnerTexts()).join('').trim();
  }

  async waitForText(idOrLabel: string, text: string | RegExp, timeoutMs?: number): Promise<void> {
    await this.item(idOrLabel).filter({ hasText: text }).waitFor({ timeout: timeoutMs });
  }

  async tooltip(idOrLabel: string): Promise<string> {
    return tooltipOf(this.item(idOrLabel));
  }

  async click(idOrLabel: string): Promise<void> {
    await this.item(idOrLabel).locator('.statusbar-item-label').click();
  }
}
