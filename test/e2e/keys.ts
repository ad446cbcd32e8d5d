import type { Locator, Page } from 'playwright/test'
import { expect } from './holdfast.ts'

async function hasFocus(page: Page, target: Locator): Promise<boolean> {
  return (await target.and(page.locator(':focus')).count()) === 1
}

/** Tabs to a control, as somebody without a mouse does; every stop on the way has to show that it has the focus. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(target).toBeEnabled()
  for (let stop = 0; stop < 150; stop += 1) {
    if (await hasFocus(page, target)) return
    await page.keyboard.press(key)
    await expectFocusShown(page)
  }
  throw new Error(`No Tab of 150 came to ${target.toString()}.`)
}

export async function expectFocusShown(page: Page): Promise<void> {
  const shown: unknown = await page.evaluate(`(() => {
    const at = document.activeElement
    if (at === null || at === document.body) return 'nothing has the focus'
    const around = [at, at.closest('label'), at.parentElement, at.nextElementSibling].filter(Boolean)
    const isShown = around.some((each) => {
      const style = getComputedStyle(each)
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
    })
    return isShown ? 'shown' : at.outerHTML.slice(0, 200)
  })()`)
  // Between the last stop and the first one the browser itself has the focus.
  expect(['shown', 'nothing has the focus']).toContain(shown)
}
