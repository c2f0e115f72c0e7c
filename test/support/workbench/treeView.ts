import type { Locator, Page } from 'playwright-core';
import { tooltipOf } from './tooltip.ts';

/** A tree view of the sidebar. Rows are named by their exact label, or by a pattern for it. */
export class TreeView {
  readonly #page: Page;
  readonly pane: Locator;

  constructor(page: Page, name: string) {
    this.#page = page;
    this.pane = page.locator('.pane').filter({ has: page.locator(`.pane-header[aria-label^="${name}"]`) });
  }

  row(label: string | RegExp): Locator {
    const name = this.#page.locator('.label-name').getByText(label, { exact: true });
    return this.pane.locator('.monaco-list-row').filter({ has: name });
  }

  async waitForRow(label: string | RegExp): Promise<void> {
    await this.row(label).first().waitFor();
  }

  async waitForNoRow(label: string | RegExp): Promise<void> {
    await this.row(label).first().waitFor({ state: 'detached' });
  }

  /** Waits until the row shows this description. */
  async waitForDescription(label: string | RegExp, description: string | RegExp): Promise<void> {
    await this.row(label).locator('.label-description').filter({ hasText: description }).waitFor();
  }

  /** The labels of the rows that are drawn, from top to bottom. */
  async labels(): Promise<string[]> {
    return this.pane.locator('.monaco-list-row .label-name').allInnerTexts();
  }

  /** What a screen reader says of the row. */
  async ariaLabel(label: string | RegExp): Promise<string> {
    return (await this.row(label).getAttribute('aria-label')) ?? '';
  }

  /** The text of a view that has no rows. */
  async welcomeText(): Promise<string> {
    const welcome = this.pane.locator('.welcome-view-content');
    await welcome.waitFor();
    return (await welcome.allInnerTexts()).join('\n');
  }

  async clickWelcomeButton(text: string): Promise<void> {
    await this.pane.locator('.welcome-view-content .monaco-button').filter({ hasText: text }).click();
  }

  async select(label: string | RegExp): Promise<void> {
    await this.row(label).click();
  }

  /** Unfolds a row that is folded. */
  async expand(label: string | RegExp): Promise<void> {
    const row = this.row(label);
    if ((await row.getAttribute('aria-expanded')) === 'true') return;
    await row.locator('.monaco-tl-twistie').click();
    await row.and(this.#page.locator('[aria-expanded="true"]')).waitFor();
  }

  /** Rests the mouse on the row and answers its tooltip. */
  async hover(label: string | RegExp): Promise<string> {
    return tooltipOf(this.row(label).locator('.label-name'));
  }

  async inlineAction(label: string | RegExp, title: string): Promise<void> {
    await this.row(label).hover();
    await this.row(label).locator(actionNamed(title)).click();
  }

  /** An icon in the title of the view. */
  async titleAction(title: string): Promise<void> {
    await this.pane.locator('.pane-header').hover();
    await this.pane.locator('.pane-header').locator(actionNamed(title)).click();
  }

  /** Chooses an item of the context menu; a path of several leads through submenus. */
  async contextMenu(label: string | RegExp, ...path: readonly string[]): Promise<void> {
    await this.row(label).click({ button: 'right' });
    for (const title of path) {
      const item = this.#page.locator('.monaco-menu .action-item').filter({ hasText: exactly(title) });
      await item.hover();
      await item.and(this.#page.locator('.focused')).waitFor();
      // Not a click: a menu takes no notice of the mouse button for a while after it has opened.
      await this.#page.keyboard.press('Enter');
    }
  }

  async toggleCheckbox(label: string | RegExp): Promise<void> {
    await this.#checkbox(label).click();
  }

  async isChecked(label: string | RegExp): Promise<boolean> {
    return (await this.#checkbox(label).getAttribute('aria-checked')) === 'true';
  }

  async waitForChecked(label: string | RegExp, checked: boolean): Promise<void> {
    await this.#checkbox(label)
      .and(this.#page.locator(`[aria-checked="${checked}"]`))
      .waitFor();
  }

  #checkbox(label: string | RegExp): Locator {
    return this.row(label).locator('.custom-view-tree-node-item-checkbox');
  }
}

/** The accessible name of an action may end with its key binding: "Refresh (F5)". */
const actionNamed = (title: string): string =>
  `.action-label[aria-label="${title}"], .action-label[aria-label^="${title} ("]`;

const exactly = (text: string): RegExp => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
