import type { Locator } from 'playwright-core';

/** Rests the mouse on an element and answers the text of the tooltip that comes. */
export async function tooltipOf(element: Locator): Promise<string> {
  const page = element.page();
  // The workbench shows a tooltip only to a mouse that enters the element.
  await page.mouse.move(0, 0);
  await element.hover();
  const tooltip = page.locator('.workbench-hover .hover-contents').first();
  await tooltip.waitFor();
  return (await tooltip.allInnerTexts()).join('\n');
}
