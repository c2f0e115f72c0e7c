import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { resultsFolder } from './paths.ts';
import type { VscodeServer } from './vscodeServer.ts';
import { Notifications } from './workbench/notifications.ts';
import { QuickInput } from './workbench/quickInput.ts';
import { StatusBar } from './workbench/statusBar.ts';
import { TreeView } from './workbench/treeView.ts';

/** The workbench of a real VS Code in a real browser, in the words of the person who uses it. */
export class Workbench {
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly notifications: Notifications;
  readonly statusBar: StatusBar;
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    this.quickInput = new QuickInput(page);
    this.notifications = new Notifications(page);
    this.statusBar = new StatusBar(page);
  }

  /** Opens a folder in a browser profile of its own. */
  static open(browser: Browser, server: VscodeServer, folder: string): Promise<Workbench> {
    return Workbench.openAddress(browser, `${server.url}/?${new URLSearchParams({ folder })}`);
  }

  /** Opens an address as a person who was given it does. */
  static async openAddress(browser: Browser, address: string): Promise<Workbench> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await keepSecrets(context);
    const workbench = new Workbench(context, await context.newPage());
    await workbench.page.goto(address);
    await workbench.#waitUntilReady();
    return workbench;
  }

  /** Runs a command by its title in the palette, for example "DTM: Add Task". */
  async runCommand(title: string): Promise<void> {
    await this.quickInput.runCommand(title);
  }

  /** Shows a view container of the activity bar, unless it is shown already. */
  async openContainer(name: string): Promise<void> {
    const tab = this.page.locator('.part.activitybar').getByRole('tab', { name });
    const title = this.page.locator('.part.sidebar .composite.title').filter({ hasText: new RegExp(name, 'i') });
    await tab.waitFor();
    // A workbench that is still restoring its layout may undo the first click.
    for (let attempt = 0; attempt < 3; attempt++) {
      if (!(await title.isVisible())) await tab.click();
      const isShown = await title.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
      if (isShown) return;
    }
    await title.waitFor();
  }

  view(name: string): TreeView {
    return new TreeView(this.page, name);
  }

  /** Reloads the window as a person does; the extension host is a new one afterwards. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.#waitUntilReady();
  }

  async setTheme(theme: 'dark' | 'light'): Promise<void> {
    const shown = this.page.locator(theme === 'dark' ? '.monaco-workbench.vs-dark' : '.monaco-workbench.vs');
    if ((await shown.count()) > 0) return;
    await this.runCommand('Preferences: Toggle between Light/Dark Themes');
    await shown.waitFor();
  }

  /** Keeps a picture in test-results/screenshots/, and answers its path. */
  async screenshot(name: string): Promise<string> {
    const folder = join(resultsFolder, 'screenshots');
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  async #waitUntilReady(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.activitybar .action-item').first().waitFor({ timeout: 60_000 });
    await this.page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor();
  }
}

/**
 * The workbench keeps secrets in the storage of the browser, encrypted with a key of which the server holds a half.
 * The VS Code server alone has no such half, and secrets would live no longer than the page: this plays its part.
 */
async function keepSecrets(context: BrowserContext): Promise<void> {
  const key = randomBytes(32);
  await context.route('**/mint-key', (route) =>
    route.fulfill({ status: 200, contentType: 'application/octet-stream', body: key }),
  );
}
